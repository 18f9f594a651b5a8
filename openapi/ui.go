package openapi

import "encoding/json"

// UIPart is a part of a UIMessage. Type decides which fields are used; the others are left out, never null.
type UIPart struct {
	Type   string `json:"type"`
	Status string `json:"status,omitempty"`
	Thread string `json:"thread,omitempty"` // empty = the main one

	Text string `json:"text,omitempty"` // text, reasoning

	// tool-call
	ToolCallID  string          `json:"toolCallId,omitempty"`
	ToolName    string          `json:"toolName,omitempty"`
	DisplayName string          `json:"displayName,omitempty"`
	Args        json.RawMessage `json:"args,omitempty"`
	Result      json.RawMessage `json:"result,omitempty"`
	Error       string          `json:"error,omitempty"`

	// operation
	OperationID   string `json:"operationId,omitempty"`
	Name          string `json:"name,omitempty"`
	OperationType string `json:"operationType,omitempty"`

	// file, source, object
	ID         string          `json:"id,omitempty"`
	MediaType  string          `json:"mediaType,omitempty"`
	URL        string          `json:"url,omitempty"`
	Filename   string          `json:"filename,omitempty"`
	Size       int64           `json:"size,omitempty"`
	SourceType string          `json:"sourceType,omitempty"`
	Title      string          `json:"title,omitempty"`
	TypeName   string          `json:"typeName,omitempty"`
	Partial    json.RawMessage `json:"partial,omitempty"`
	Object     json.RawMessage `json:"object,omitempty"`
}
