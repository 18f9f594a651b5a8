package declared

import (
	"strings"

	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/openapi"
)

// addMessage appends a prompt to a thread. Where the chat shows something else than the model gets, that is an item of its
// own behind it.
func (t *turn) addMessage(b protocol.AddMessage) error {
	if err := t.isOpen(b.Thread); err != nil {
		return err
	}
	item := t.message(openapi.ItemRole(b.Role), b.Thread, t.render(b.Prompt, b.Input))
	if !b.Visible || b.UIContent != "" {
		item.Audience = openapi.AudienceModel
	}
	if err := t.whole(item, openapi.ItemStatusCompleted); err != nil || !b.Visible || b.UIContent == "" {
		return err
	}
	shown := t.message(openapi.ItemRole(b.Role), b.Thread, protocol.Render("{{"+b.UIContent+"}}", t.scope.lookup))
	shown.Audience = openapi.AudiencePeople
	return t.whole(shown, openapi.ItemStatusCompleted)
}

func (t *turn) message(role openapi.ItemRole, thread, text string) openapi.Item {
	item := t.newItem(openapi.ItemKindMessage, role, thread)
	item.Content = openapi.Parts(openapi.TextPart{Text: strings.ToValidUTF8(text, "\uFFFD")})
	if role == openapi.ItemRoleUser {
		item.Sender = t.state.run.trigger.Sender
	}
	return item
}

// render is a prompt with the variables that it sees. The new line that ends a text file is none of its text.
func (t *turn) render(prompt string, input protocol.Bindings) string {
	if prompt == "" {
		return ""
	}
	return protocol.Render(strings.TrimSuffix(t.agent.Prompt(prompt), "\n"), input.Lookup(t.scope.lookup))
}

func (t *turn) isOpen(thread string) error {
	if _, ok := t.state.opened(thread); !ok {
		return faultf(codeProtocol, "thread %s was not started", thread)
	}
	return nil
}
