package declared

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/adapters/internal/provider"
	"github.com/parleyhq/parley/openapi"
)

// startThread opens a thread, or opens it anew; the start of the block has done that already. Its system prompt is as the
// variables are now.
func (t *turn) startThread(b protocol.StartThread) error {
	if b.Thread.System == "" {
		return nil
	}
	item := t.message(openapi.ItemRoleSystem, b.Name, t.render(b.Thread.System, b.Thread.Input))
	item.Audience = openapi.AudienceModel
	return t.whole(item, openapi.ItemStatusCompleted)
}

// thread is how a thread talks to its model: as the definition says now.
func (t *turn) thread(name string) (protocol.Thread, error) {
	if name == protocol.Main {
		return t.agent.Main, nil
	}
	if err := t.isOpen(name); err != nil {
		return protocol.Thread{}, err
	}
	opened, _ := t.state.opened(name)
	for _, step := range t.agent.Triggers[opened.trigger].Steps {
		if b, ok := step.Block.(protocol.StartThread); ok && b.Name == name && step.Name == opened.name {
			return b.Thread, nil
		}
	}
	return protocol.Thread{}, faultf(codeProtocol, "the definition has no step %q any more, which started thread %s", opened.name, name)
}

// serialize writes what was said in a thread to a variable: the texts of users and of the model.
func (t *turn) serialize(b protocol.SerializeThread) error {
	if err := t.isOpen(b.Thread); err != nil {
		return err
	}
	lines := spoken(t.state.entries(b.Thread))
	if b.Format == protocol.FormatJSON {
		return t.setText(b.Output, linesJSON(lines))
	}
	return t.setText(b.Output, linesMarkdown(lines))
}

// line is what somebody said at once.
type line struct {
	Role    provider.Role `json:"role"`
	Content string        `json:"content"`
}

func spoken(messages [][]entry) []line {
	lines := []line{}
	for _, m := range messages {
		var texts []string
		for _, e := range m {
			if text := strings.TrimSpace(e.part.Text); text != "" {
				texts = append(texts, text)
			}
		}
		if len(texts) > 0 && m[0].role != provider.RoleSystem {
			lines = append(lines, line{m[0].role, strings.Join(texts, "\n\n")})
		}
	}
	return lines
}

var speakers = map[provider.Role]string{provider.RoleUser: "User", provider.RoleAssistant: "Assistant"}

func linesMarkdown(lines []line) string {
	var texts []string
	for _, l := range lines {
		texts = append(texts, "**"+speakers[l.Role]+":** "+l.Content)
	}
	return strings.Join(texts, "\n\n")
}

func linesJSON(lines []line) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(lines) // texts always can
	return strings.TrimSpace(b.String())
}

// setText gives a variable a text, or the value of which it is the JSON where the variable does not take text.
func (t *turn) setText(name, text string) error {
	if field, ok := t.agent.Variables.Get(name); ok && field.Type != nil && protocol.Check(text, field.Type) != nil {
		return t.set(name, decoded(json.RawMessage(text)))
	}
	return t.set(name, text)
}
