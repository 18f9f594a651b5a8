package openapi

import (
	"encoding/json"
	"fmt"
)

// ContentPart is one part of an item's content: a Part with the envelope that names its type.
type ContentPart struct{ Part }

// Part is what a content part says: one of the ...Part structs.
type Part interface {
	// PartType is the type on the wire, such as "text".
	PartType() string
}

// TextPart is text for people; with a ResponseType it is JSON of that type of the declared agent.
type TextPart struct {
	Text         string `json:"text"`
	ResponseType string `json:"response_type,omitempty"`
}

// JSONPart is structured output.
type JSONPart struct {
	JSON json.RawMessage `json:"json"`
}

// ToolCallPart is a call of a tool. Arguments is JSON text.
type ToolCallPart struct {
	Name      string  `json:"name"`
	Arguments string  `json:"arguments"`
	CallID    string  `json:"call_id"`
	Title     string  `json:"title,omitempty"`   // for people
	Display   Display `json:"display,omitempty"` // empty = stream: all of it
}

// ToolResultPart is what a tool call gave.
type ToolResultPart struct {
	CallID string `json:"call_id"`
	Output string `json:"output"`
}

// FileRefPart says what happened to a file. Diff is a unified diff, or nil.
type FileRefPart struct {
	Path   string     `json:"path"`
	Action FileAction `json:"action"`
	Diff   *string    `json:"diff"`
}

// ReasoningPart is what the agent thought.
type ReasoningPart struct {
	Text       string              `json:"text"`
	Visibility ReasoningVisibility `json:"visibility"`
	Signature  string              `json:"signature,omitempty"` // the model provider's own; it wants it back
}

// ImagePart names an image.
type ImagePart struct {
	Path string  `json:"path"`
	Mime *string `json:"mime"`
}

// StatusPart is a note on progress.
type StatusPart struct {
	Label  string  `json:"label"`
	Detail *string `json:"detail"`
}

// UnknownPart is a part whose type this version does not know, whole.
type UnknownPart struct {
	Type string
	JSON json.RawMessage
}

// PartType implements Part.
func (TextPart) PartType() string { return "text" }

// PartType implements Part.
func (JSONPart) PartType() string { return "json" }

// PartType implements Part.
func (ToolCallPart) PartType() string { return "tool_call" }

// PartType implements Part.
func (ToolResultPart) PartType() string { return "tool_result" }

// PartType implements Part.
func (FileRefPart) PartType() string { return "file_ref" }

// PartType implements Part.
func (ReasoningPart) PartType() string { return "reasoning" }

// PartType implements Part.
func (ImagePart) PartType() string { return "image" }

// PartType implements Part.
func (StatusPart) PartType() string { return "status" }

// PartType implements Part.
func (p UnknownPart) PartType() string { return p.Type }

// partTypes decodes each type. A test holds it equal to the document's discriminator mapping.
var partTypes = map[string]func([]byte) (Part, error){
	"text":        decodePart[TextPart],
	"json":        decodePart[JSONPart],
	"tool_call":   decodePart[ToolCallPart],
	"tool_result": decodePart[ToolResultPart],
	"file_ref":    decodePart[FileRefPart],
	"reasoning":   decodePart[ReasoningPart],
	"image":       decodePart[ImagePart],
	"status":      decodePart[StatusPart],
}

func decodePart[T Part](b []byte) (Part, error) {
	var p T
	err := json.Unmarshal(b, &p)
	return p, err
}

// MarshalJSON writes the part with its type first.
func (c ContentPart) MarshalJSON() ([]byte, error) {
	if c.Part == nil {
		return nil, fmt.Errorf("content part without a type")
	}
	if u, ok := c.Part.(UnknownPart); ok {
		return u.JSON, nil
	}
	j, err := json.Marshal(c.Part)
	if err != nil {
		return nil, err
	}
	b := append([]byte(`{"type":"`), c.PartType()...)
	return append(append(b, `",`...), j[1:]...), nil
}

// UnmarshalJSON reads a part; an unknown type gives UnknownPart.
func (c *ContentPart) UnmarshalJSON(b []byte) error {
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return err
	}
	f, ok := partTypes[head.Type]
	if !ok {
		c.Part = UnknownPart{Type: head.Type, JSON: append(json.RawMessage(nil), b...)}
		return nil
	}
	p, err := f(b)
	c.Part = p
	return err
}

// Parts wraps parts for an item's content.
func Parts(parts ...Part) []ContentPart {
	content := make([]ContentPart, len(parts))
	for i, p := range parts {
		content[i] = ContentPart{p}
	}
	return content
}
