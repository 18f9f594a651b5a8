package openapi

import "encoding/json"

// ToolRequestedData is a call of a tool that the client executes. Arguments is a JSON object.
type ToolRequestedData struct {
	ToolCallID     string          `json:"tool_call_id"` // unique in the session
	Name           string          `json:"name"`
	Arguments      json.RawMessage `json:"arguments"`
	Source         ToolSource      `json:"source"`
	ItemID         string          `json:"item_id,omitempty"` // of the call
	Thread         string          `json:"thread,omitempty"`  // empty = the main one
	OutputVariable string          `json:"output_variable,omitempty"`
	BlockIndex     *int            `json:"block_index,omitempty"`
}

// ToolResolvedData is what became of a tool request. Result is any JSON value; Error says why there is none.
type ToolResolvedData struct {
	ToolCallID string          `json:"tool_call_id"`
	Name       string          `json:"name"`
	Status     ToolStatus      `json:"status"`
	Result     json.RawMessage `json:"result"`
	Error      string          `json:"error,omitempty"`
}

// ResourceUpdatedData is a new value of a declared agent's resource: any JSON value.
type ResourceUpdatedData struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
}

// VariableUpdatedData is a new value of a declared agent's variable: any JSON value.
type VariableUpdatedData struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
}
