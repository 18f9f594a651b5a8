package model

import (
	"cmp"
	"encoding/json"
)

// responsesItem is an item of a request's input.
type responsesItem struct {
	Type      string
	Role      string
	Content   json.RawMessage
	Summary   json.RawMessage
	Name      string
	Namespace string
	CallID    string `json:"call_id"`
	Arguments string // of a function_call
	Input     string // of a custom_tool_call
	Output    json.RawMessage
	Tools     []responsesTool // of additional_tools
}

// add adds an item to a request, which is a message for it.
func (r *Request) add(i responsesItem) {
	role, parts := "assistant", []Part(nil)
	switch i.Type {
	case "message", "":
		role, parts = i.Role, responsesParts(i.Content)
	case "reasoning":
		parts = []Part{{Kind: "thinking", Text: partsText(responsesParts(i.Summary)) + partsText(responsesParts(i.Content))}}
	case "function_call", "custom_tool_call":
		name := responsesTool{Name: i.Name, namespace: i.Namespace}.fullName()
		parts = []Part{{Kind: "tool_use", Text: i.Arguments + i.Input, Name: name, ID: i.CallID}}
	case "function_call_output", "custom_tool_call_output":
		role, parts = "tool", toolResult(i.CallID, responsesParts(i.Output))
	default:
		role, parts = cmp.Or(i.Role, role), []Part{{Kind: i.Type}}
	}
	r.addMessage(role, parts)
}

// responsesParts reads content, which is a string or a list of parts.
func responsesParts(content json.RawMessage) []Part {
	var text string
	if json.Unmarshal(content, &text) == nil {
		return []Part{{Kind: "text", Text: text}}
	}
	var list []struct {
		Type     string
		Text     string
		ImageURL string `json:"image_url"`
	}
	_ = json.Unmarshal(content, &list) // what is neither has no parts
	var parts []Part
	for _, p := range list {
		switch p.Type {
		case "input_text", "output_text", "summary_text", "reasoning_text":
			parts = append(parts, Part{Kind: "text", Text: p.Text})
		case "input_image":
			parts = append(parts, Part{Kind: "image", Text: p.ImageURL})
		default:
			parts = append(parts, Part{Kind: p.Type, Text: p.Text})
		}
	}
	return parts
}
