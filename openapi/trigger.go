package openapi

import "encoding/json"

// TriggerRequest fires a trigger, or with ToolResults goes on with the run that waits for them.
type TriggerRequest struct {
	TriggerName string       `json:"triggerName,omitempty"`
	Input       Values       `json:"input,omitempty"`
	ToolResults []ToolResult `json:"toolResults,omitempty"`
	ExecutionID string       `json:"executionId,omitempty"` // of the run that goes on
	Rollback    Rollback     `json:"rollbackAfterMessageId,omitzero"`
	Sender      Sender       `json:"sender,omitzero"`
	MessageID   string       `json:"messageId,omitempty"` // what the client calls the user's message

	DynamicToolSchemas []json.RawMessage `json:"dynamicToolSchemas,omitempty"` // refused when it is not empty
}

// Rollback drops what came after a message: everything when After is nil. The zero value drops nothing.
type Rollback struct {
	Set   bool
	After *string
}

// UnmarshalJSON reads a message's id or null.
func (r *Rollback) UnmarshalJSON(b []byte) error {
	r.Set = true
	return json.Unmarshal(b, &r.After)
}

// MarshalJSON writes what was read.
func (r Rollback) MarshalJSON() ([]byte, error) { return json.Marshal(r.After) }
