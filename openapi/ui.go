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

// UIEvent is one event of a UI stream. Type decides which fields are used; the others are left out, never null: clients drop
// an event with a null in it.
type UIEvent struct {
	Type        string `json:"type"`
	MessageID   string `json:"messageId,omitempty"`
	ExecutionID string `json:"executionId,omitempty"`
	SessionID   string `json:"sessionId,omitempty"`

	FinishReason string `json:"finishReason,omitempty"`

	// error
	ErrorType  string           `json:"errorType,omitempty"`
	Message    string           `json:"message,omitempty"`
	Retryable  *bool            `json:"retryable,omitempty"`
	RetryAfter float64          `json:"retryAfter,omitempty"` // seconds
	Code       string           `json:"code,omitempty"`
	Source     string           `json:"source,omitempty"`
	Provider   *UIErrorProvider `json:"provider,omitempty"`
	Tool       *UIErrorTool     `json:"tool,omitempty"`

	// block-start, block-end
	BlockID      string `json:"blockId,omitempty"`
	BlockName    string `json:"blockName,omitempty"`
	BlockType    string `json:"blockType,omitempty"`
	Display      string `json:"display,omitempty"`
	Description  string `json:"description,omitempty"`
	OutputToChat *bool  `json:"outputToChat,omitempty"`
	Thread       string `json:"thread,omitempty"`
	Summary      string `json:"summary,omitempty"`

	// text-*, reasoning-*
	ID           string `json:"id,omitempty"`
	Delta        string `json:"delta,omitempty"`
	ResponseType string `json:"responseType,omitempty"`

	// tool-*
	ToolCallID     string          `json:"toolCallId,omitempty"`
	ToolName       string          `json:"toolName,omitempty"`
	Title          string          `json:"title,omitempty"`
	InputTextDelta string          `json:"inputTextDelta,omitempty"`
	Input          json.RawMessage `json:"input,omitempty"`
	Output         json.RawMessage `json:"output,omitempty"`
	Error          string          `json:"error,omitempty"`
	ToolCalls      []UIToolCall    `json:"toolCalls,omitempty"`

	// resource-update
	Name  string          `json:"name,omitempty"`
	Value json.RawMessage `json:"value,omitempty"`

	// file-available, source
	MediaType  string `json:"mediaType,omitempty"`
	URL        string `json:"url,omitempty"`
	Filename   string `json:"filename,omitempty"`
	Size       int64  `json:"size,omitempty"`
	SourceType string `json:"sourceType,omitempty"`
}

// The types of UI events.
const (
	UIStart               = "start"
	UIFinish              = "finish"
	UIError               = "error"
	UIBlockStart          = "block-start"
	UIBlockEnd            = "block-end"
	UITextStart           = "text-start"
	UITextDelta           = "text-delta"
	UITextEnd             = "text-end"
	UIReasoningStart      = "reasoning-start"
	UIReasoningDelta      = "reasoning-delta"
	UIReasoningEnd        = "reasoning-end"
	UIToolInputStart      = "tool-input-start"
	UIToolInputDelta      = "tool-input-delta"
	UIToolInputEnd        = "tool-input-end"
	UIToolInputAvailable  = "tool-input-available"
	UIToolOutputAvailable = "tool-output-available"
	UIToolOutputError     = "tool-output-error"
	UIToolRequest         = "tool-request"
	UIResourceUpdate      = "resource-update"
	UIFileAvailable       = "file-available"
	UISource              = "source"
)

// UIToolCall is a call of a tool that the client executes. Args is a JSON object.
type UIToolCall struct {
	ToolCallID     string          `json:"toolCallId"`
	ToolName       string          `json:"toolName"`
	Args           json.RawMessage `json:"args"`
	Source         string          `json:"source,omitempty"` // llm or block
	OutputVariable string          `json:"outputVariable,omitempty"`
	BlockIndex     *int            `json:"blockIndex,omitempty"`
	Thread         string          `json:"thread,omitempty"`
}

// ToolResult is what a tool gave that the client has executed. With neither a Result nor an Error it has succeeded with null.
type ToolResult struct {
	ToolCallID string          `json:"toolCallId"`
	ToolName   string          `json:"toolName,omitempty"`
	Result     json.RawMessage `json:"result,omitempty"`
	Error      *string         `json:"error,omitempty"`
}
