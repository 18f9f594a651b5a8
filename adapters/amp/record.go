package amp

import (
	"encoding/json"
	"errors"
)

// record is one line of the program's output, as far as Parley looks at it. Every kind of line is read into the one struct:
// a line is decoded once. The format is described by the program's SDK (version 0.1.0).
type record struct {
	Type            string   `json:"type"` // system, assistant, user or result
	Subtype         string   `json:"subtype"`
	SessionID       string   `json:"session_id"` // the thread
	ParentToolUseID string   `json:"parent_tool_use_id"`
	Message         *message `json:"message"`

	MCPServers []mcpStatus `json:"mcp_servers"` // of system init

	// result
	IsError           bool            `json:"is_error"`
	Error             string          `json:"error"`
	Usage             *usage          `json:"usage"`
	PermissionDenials json.RawMessage `json:"permission_denials"`
}

// message is a message to or from the model. The program's own version has neither ids nor models.
type message struct {
	ID         string  `json:"id"`
	Model      string  `json:"model"`
	Content    []block `json:"content"`
	StopReason string  `json:"stop_reason"`
	Usage      *usage  `json:"usage"`
}

// block is a content block of any kind.
type block struct {
	Type      string          `json:"type"`
	Text      string          `json:"text"`
	Thinking  string          `json:"thinking"`
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Input     json.RawMessage `json:"input"`
	ToolUseID string          `json:"tool_use_id"`
	Content   json.RawMessage `json:"content"` // mostly a text
	IsError   bool            `json:"is_error"`
	Source    struct {
		MediaType string `json:"media_type"`
	} `json:"source"`

	raw json.RawMessage
}

// UnmarshalJSON keeps the block as it came, for kinds that are not known here.
func (b *block) UnmarshalJSON(raw []byte) error {
	type plain block
	err := json.Unmarshal(raw, (*plain)(b))
	b.raw = append(json.RawMessage(nil), raw...)
	return ignoreShape(err)
}

// usage is what one answer of the model has used.
type usage struct {
	InputTokens   int64 `json:"input_tokens"` // without those of the cache
	OutputTokens  int64 `json:"output_tokens"`
	CacheCreation int64 `json:"cache_creation_input_tokens"`
	CacheRead     int64 `json:"cache_read_input_tokens"`
}

// mcpStatus is how an MCP server is.
type mcpStatus struct {
	Name   string `json:"name"`
	Status string `json:"status"`
}

var errNoType = errors.New("a JSON object without a type")

// parse reads a line. A field of another shape than expected is left out, it does not spoil the rest.
func parse(line []byte) (*record, error) {
	r := &record{}
	if err := ignoreShape(json.Unmarshal(line, r)); err != nil {
		return nil, err
	}
	if r.Type == "" {
		return nil, errNoType
	}
	return r, nil
}

func ignoreShape(err error) error {
	if shape := (*json.UnmarshalTypeError)(nil); errors.As(err, &shape) {
		return nil
	}
	return err
}

// stringOf reads a JSON string; what is none is empty.
func stringOf(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s)
	return s
}
