package provider

import (
	"encoding/json"
	"slices"
	"strings"
)

// Role says whose a message is.
type Role string

// The roles. A system message stands where it was said: OpenAI knows that; Anthropic gets those at the beginning as a
// part of the system prompt and later ones as text of the user in <system> tags, since few of its models take them.
const (
	RoleUser      Role = "user" // also of tool results
	RoleAssistant Role = "assistant"
	RoleSystem    Role = "system"
)

// Message is one message of those that a model answers to. It is plain JSON, and decodes to what it was.
type Message struct {
	Role  Role          `json:"role"`
	Parts []MessagePart `json:"parts"`
}

// MessagePart is a piece of a message. One field is set; a part without any, or with blank text, is not sent.
type MessagePart struct {
	Text       string      `json:"text,omitempty"`
	Reasoning  *Reasoning  `json:"reasoning,omitempty"`
	ToolCall   *ToolCall   `json:"toolCall,omitempty"`
	ToolResult *ToolResult `json:"toolResult,omitempty"`
	File       *File       `json:"file,omitempty"` // of the user
}

// Reasoning is what a model thought. Only the provider that it came from gets it back.
type Reasoning struct {
	Text     string   `json:"text"`
	Metadata Metadata `json:"metadata"`
}

// Metadata is what a provider needs to take its reasoning back. It is kept and given back as it is.
type Metadata struct {
	Provider  string `json:"provider,omitempty"`
	Signature string `json:"signature,omitempty"` // Anthropic: without one the reasoning is not taken back
	Redacted  string `json:"redacted,omitempty"`  // Anthropic: the reasoning, encrypted, in the place of text
	Field     string `json:"field,omitempty"`     // compatible servers: the field of the message that it came in
}

// ToolCall is a call by the model. As a Part it comes after the last of its input.
type ToolCall struct {
	ID        string          `json:"id"` // unique in the answer, made up where the server gives none
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"` // a JSON object
	// Malformed is the input as it came when it is no JSON object, as of an answer that was too long. Arguments are {} then,
	// and the call is to be answered with an error.
	Malformed string `json:"malformed,omitempty"`
}

// ToolResult answers a ToolCall. All calls of a message are answered in the next one.
type ToolResult struct {
	CallID  string `json:"callId"`
	Text    string `json:"text"` // or JSON as text
	IsError bool   `json:"isError,omitempty"`
}

// text joins the texts of a message that are not blank.
func (m Message) text() string {
	var texts []string
	for _, p := range m.Parts {
		texts = append(texts, p.Text)
	}
	return joinTexts(texts...)
}

func joinTexts(texts ...string) string {
	isBlank := func(s string) bool { return strings.TrimSpace(s) == "" }
	return strings.Join(slices.DeleteFunc(texts, isBlank), "\n\n")
}
