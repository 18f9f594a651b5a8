package provider

import "fmt"

// check refuses what no provider could be asked for, before anything is sent. What else a provider refuses it says itself.
func (r Request) check() error {
	if _, known := budgets[r.Thinking]; !known {
		return refuse("thinking %q is none of low, medium and high", r.Thinking)
	}
	for _, tool := range r.Tools {
		if tool.Schema != nil && !isObject(tool.Schema) {
			return refuse("the schema of the tool %q is not a JSON object", tool.Name)
		}
	}
	if r.Output != nil && !isObject(r.Output.Schema) {
		return refuse("the schema of the output %q is not a JSON object", r.Output.Name)
	}
	for _, message := range r.Messages {
		if err := message.check(); err != nil {
			return err
		}
	}
	return nil
}

func (m Message) check() error {
	switch m.Role {
	case RoleUser, RoleAssistant, RoleSystem:
	default:
		return refuse("no message has the role %q", m.Role)
	}
	for _, part := range m.Parts {
		if err := part.check(m.Role); err != nil {
			return err
		}
	}
	return nil
}

func (p MessagePart) check(role Role) error {
	switch {
	case p.ToolCall != nil && !isObject(p.ToolCall.Arguments):
		return refuse("the arguments of the tool call %q are not a JSON object", p.ToolCall.ID)
	case (p.ToolCall != nil || p.Reasoning != nil) && role != RoleAssistant:
		return refuse("a message of the %s has no tool calls and no reasoning", role)
	case (p.ToolResult != nil || p.File != nil) && role != RoleUser:
		return refuse("a message of the %s has no tool results and no files", role)
	}
	return nil
}

func refuse(format string, args ...any) error {
	return &Error{Kind: KindValidation, Message: fmt.Sprintf(format, args...)}
}
