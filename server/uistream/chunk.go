package uistream

import "encoding/json"

// Chunk is one event of a stream in the form of the AI SDK's UI message streams. Type decides which fields are used.
type Chunk struct {
	Type            string         `json:"type"`
	MessageID       string         `json:"messageId,omitempty"`
	MessageMetadata *ChunkMetadata `json:"messageMetadata,omitempty"`

	ID           string `json:"id,omitempty"` // text-*, reasoning-*, data-*
	Delta        string `json:"delta,omitempty"`
	ResponseType string `json:"responseType,omitempty"` // of ours; readers pass over it

	ToolCallID       string          `json:"toolCallId,omitempty"`
	ToolName         string          `json:"toolName,omitempty"`
	Title            string          `json:"title,omitempty"`
	InputTextDelta   string          `json:"inputTextDelta,omitempty"`
	Input            json.RawMessage `json:"input,omitempty"`
	Output           json.RawMessage `json:"output,omitempty"`
	Dynamic          bool            `json:"dynamic,omitempty"`
	ProviderExecuted *bool           `json:"providerExecuted,omitempty"`
	ErrorText        string          `json:"errorText,omitempty"`

	URL       string `json:"url,omitempty"`
	MediaType string `json:"mediaType,omitempty"`
	Filename  string `json:"filename,omitempty"`
	SourceID  string `json:"sourceId,omitempty"`

	Data         any    `json:"data,omitempty"` // ChunkBlock or ChunkResource
	FinishReason string `json:"finishReason,omitempty"`
}

// ChunkMetadata is what a start says that the AI SDK has no fields for.
type ChunkMetadata struct {
	ExecutionID string `json:"executionId,omitempty"`
	SessionID   string `json:"sessionId,omitempty"`
}

// ChunkBlock is the data of a data-block. The last one of an id counts.
type ChunkBlock struct {
	BlockID     string `json:"blockId"`
	Name        string `json:"name"`
	Type        string `json:"type"`
	Display     string `json:"display"`
	Description string `json:"description,omitempty"`
	Thread      string `json:"thread,omitempty"`
	Summary     string `json:"summary,omitempty"`
	Status      string `json:"status"` // running or done
}

// ChunkResource is the data of a data-resource. The last one of a name counts.
type ChunkResource struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
}

// The types of chunks that no UI event has.
const (
	chunkStartStep  = "start-step"
	chunkFinishStep = "finish-step"
	chunkBlock      = "data-block"
	chunkResource   = "data-resource"
	chunkFile       = "file"
	chunkSourceURL  = "source-url"
	chunkSourceDoc  = "source-document"
)
