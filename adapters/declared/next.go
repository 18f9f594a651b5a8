package declared

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/adapters/internal/provider"
	"github.com/parleyhq/parley/openapi"
)

// nextMessage lets the model speak until it calls no more tools. Where it has called some already, that is gone on with.
func (t *turn) nextMessage(b protocol.NextMessage) error {
	thread, err := t.thread(b.Thread)
	if err != nil {
		return err
	}
	for {
		if err := t.answerCalls(b.Thread, thread); err != nil {
			return err
		}
		if t.state.rounds(b.Thread) > rounds(thread)+1 {
			t.finish = provider.FinishOther
			return t.status("step limit", fmt.Sprintf("The model went on calling tools after %d rounds.", rounds(thread)))
		}
		a, err := t.ask(b, thread)
		if err != nil {
			return err
		}
		if len(a.calls) > 0 {
			continue
		}
		if again, err := t.judge(b, a); err != nil || !again {
			return err
		}
	}
}

// answer is what the model said at once.
type answer struct {
	text  string
	calls []provider.ToolCall
	fault error // of its structured output
}

// judge takes an answer without calls. It reports whether the model is asked again, which it is once, when the answer is not
// of the type that it must be.
func (t *turn) judge(b protocol.NextMessage, a answer) (again bool, err error) {
	if b.ResponseType == nil {
		return false, t.output(b.Output, a.text)
	}
	if a.fault == nil {
		return false, t.output(b.Output, decoded(json.RawMessage(a.text)))
	}
	if t.state.repaired(b.Thread) {
		return false, faultf(codeExecution, "the answer is not of the type %s: %v", b.ResponseType, a.fault)
	}
	return true, t.repair(b, a.fault)
}

func (t *turn) output(variable string, value any) error {
	if variable == "" {
		return nil
	}
	return t.set(variable, value)
}

// repair tells the model, and nobody else, what is wrong with its answer.
func (t *turn) repair(b protocol.NextMessage, fault error) error {
	text := fmt.Sprintf("That answer does not fit: %v. Answer again, with nothing but JSON of the type %s.", fault, b.ResponseType)
	item := t.message(openapi.ItemRoleUser, b.Thread, text)
	item.Audience = openapi.AudienceModel
	return t.whole(item, openapi.ItemStatusCompleted)
}

// repaired says whether the model was told in this step that its answer does not fit. No one else speaks in it.
func (s *state) repaired(thread string) bool {
	for _, e := range s.ofStep(thread) {
		if e.role == provider.RoleUser && e.part.Text != "" {
			return true
		}
	}
	return false
}

// fits says what is wrong with structured output.
func fits(text string, of *protocol.Object) error {
	if !json.Valid([]byte(text)) {
		return fmt.Errorf("it is not JSON: %.100q", strings.TrimSpace(text))
	}
	return protocol.Check(decoded(json.RawMessage(text)), of)
}

// status is a note for people.
func (t *turn) status(label, detail string) error {
	item := t.newItem(openapi.ItemKindStatus, openapi.ItemRoleAssistant, protocol.Main)
	item.Content = openapi.Parts(openapi.StatusPart{Label: label, Detail: &detail})
	return t.whole(item, openapi.ItemStatusCompleted)
}
