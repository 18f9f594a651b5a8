package mock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/parleyhq/parley/openapi"
)

// echo says a text, in more than one delta where it has more than one letter.
func (t trigger) echo(text string) script {
	id := t.prefix + "_reply"
	return written(assistant(id), assistant(id, openapi.TextPart{Text: text}), "", text)
}

// think thinks a text and then says it.
func (t trigger) think(text string) script {
	id := t.prefix + "_thought"
	thought := openapi.ReasoningPart{Text: text, Visibility: openapi.ReasoningVisibilityPublic}
	return append(written(assistant(id), assistant(id, thought), openapi.DeltaPartReasoning, text), t.echo(text)...)
}

// resource sets the resource NOTES.
func (t trigger) resource(text string) script {
	value, _ := json.Marshal(text) // a text can always be written
	set := say(openapi.ResourceUpdated{Data: openapi.ResourceUpdatedData{Name: "NOTES", Value: value}})
	return append(script{set}, t.echo("NOTES="+text)...)
}

// count says how many messages the user has sent.
func (t trigger) count() script {
	return script{func(turn *turn) error {
		n, err := t.userMessages(turn.ctx)
		if err != nil {
			return err
		}
		return turn.play(t.echo(fmt.Sprintf("count=%d", n)))
	}}
}

// userMessages counts what the log has of the user; what was restored stands for all before it.
func (t trigger) userMessages(ctx context.Context) (n int, err error) {
	if t.history == nil {
		return t.number, nil
	}
	for e, err := range t.history(ctx, 0) {
		if err != nil {
			return 0, err
		}
		switch d := e.Data.(type) {
		case openapi.ItemCompletedData:
			if d.Item.Role != nil && *d.Item.Role == openapi.ItemRoleUser {
				n++
			}
		case openapi.SessionRestoredData:
			n = 0
			for _, m := range d.Messages {
				if m.Role == openapi.UIMessageRoleUser {
					n++
				}
			}
		}
	}
	return n, nil
}

// errFailed ends a turn as failed, by an agent that lives on.
var errFailed = errors.New("mock: failed, as the trigger asked for")

func (trigger) fail() script {
	failure := openapi.ErrorData{Message: "Mock agent failed, as the trigger asked for.", Code: new("mock_error")}
	return script{say(openapi.Failure{Data: failure}), func(*turn) error { return errFailed }}
}

// written starts an item, adds a text to it in pieces, and completes it.
func written(begun, item openapi.Item, part openapi.DeltaPart, text string) script {
	s := script{started(begun)}
	for _, piece := range halves(text) {
		s = append(s, say(openapi.ItemDelta{NativeItemID: *item.NativeItemID, Part: part, Delta: piece}))
	}
	return append(s, completed(item))
}

// halves cuts a text in two, between letters. One letter stays whole.
func halves(text string) []string {
	middle := len(text) / 2
	for middle > 0 && !utf8.RuneStart(text[middle]) {
		middle--
	}
	if middle == 0 {
		return []string{text}
	}
	return []string{text[:middle], text[middle:]}
}
