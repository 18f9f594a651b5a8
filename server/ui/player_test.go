package ui_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// player is an agent that says what the test has it say: each line of a message is the content of an item, as JSON. A line that
// begins with `ask` is a question with the questions that follow as JSON; one that begins with `may` is a permission's metadata.
type player struct{}

func (player) Info(context.Context) adapters.Info {
	return adapters.Info{
		AgentInfo:       openapi.AgentInfo{ID: "player", Installed: true, CredentialsAvailable: true},
		Modes:           []openapi.AgentMode{{ID: "build", Name: "Build"}},
		PermissionModes: map[string]string{"default": "default"},
		Takes:           adapters.Takes{Directory: true},
	}
}

func (p player) Open(context.Context, adapters.Options) (adapters.Agent, error) { return p, nil }

func (player) Close(context.Context) error { return nil }

func (player) Turn(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	for i, line := range strings.Split(in.Message, "\n") {
		word, rest, _ := strings.Cut(line, " ")
		if err := play(ctx, h, fmt.Sprintf("%s_%d", in.TurnID, i), word, rest); err != nil {
			return adapters.Outcome{}, err
		}
	}
	return adapters.Outcome{Status: openapi.TurnStatusCompleted}, nil
}

// play does what one line says, by an id of its own. A word that is neither ask nor may is the kind of an item.
func play(ctx context.Context, h adapters.Host, id, word, rest string) error {
	switch word {
	case "ask":
		r := adapters.QuestionRequest{ID: id}
		if err := json.Unmarshal([]byte(rest), &r.Questions); err != nil {
			return err
		}
		pending, err := h.AskQuestion(r)
		if err == nil {
			_, err = pending.Wait(ctx)
		}
		return err
	case "may":
		r := adapters.PermissionRequest{ID: id, Action: "Bash"}
		if err := json.Unmarshal([]byte(rest), &r.Metadata); err != nil {
			return err
		}
		pending, err := h.AskPermission(r)
		if err == nil {
			_, err = pending.Wait(ctx)
		}
		return err
	}
	item := openapi.Item{NativeItemID: &id, Kind: openapi.ItemKind(word), Status: openapi.ItemStatusCompleted}
	if err := json.Unmarshal([]byte(rest), &item.Content); err != nil {
		return err
	}
	return h.Emit(openapi.ItemCompleted{Item: item})
}
