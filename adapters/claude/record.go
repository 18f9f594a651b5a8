package claude

import (
	"encoding/json"
	"errors"
)

// record is one line of the program's output, as far as Parley looks at it. Every kind of line is read into the one
// struct: a line is decoded once. What differs in shape between kinds is kept raw.
type record struct {
	Type    string `json:"type"`
	Subtype string `json:"subtype"`

	SessionID       string       `json:"session_id"`
	ParentToolUseID string       `json:"parent_tool_use_id"` // set on the lines of a subagent
	Event           *streamEvent `json:"event"`
	Message         *message     `json:"message"`

	// assistant
	Aborted  bool            `json:"aborted"`
	APIError bool            `json:"is_api_error_message"`
	Error    json.RawMessage `json:"error"` // also of api_retry; a word

	// user
	ToolUseResult json.RawMessage `json:"tool_use_result"`

	// control_request, control_cancel_request, control_response
	RequestID string          `json:"request_id"`
	Request   json.RawMessage `json:"request"`
	Response  json.RawMessage `json:"response"`

	// command_lifecycle: what becomes of a message
	CommandUUID string `json:"command_uuid"`
	State       string `json:"state"`

	notice
	result
}

// streamEvent is an event of the model's own stream.
type streamEvent struct {
	Type         string   `json:"type"`
	Index        int      `json:"index"`
	Message      *message `json:"message"`
	ContentBlock *block   `json:"content_block"`
	Delta        struct {
		Type        string `json:"type"`
		Text        string `json:"text"`
		Thinking    string `json:"thinking"`
		PartialJSON string `json:"partial_json"`
	} `json:"delta"`
}

// message is a message to or from the model. Content is a list of blocks, of users also a string.
type message struct {
	ID      string          `json:"id"`
	Model   string          `json:"model"`
	Content json.RawMessage `json:"content"`
}

func (m *message) blocks() []block {
	if m == nil {
		return nil
	}
	var blocks []block
	_ = json.Unmarshal(m.Content, &blocks) // a string has no blocks
	return blocks
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
	Content   json.RawMessage `json:"content"`
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

// notice is what system lines, and some others, say of the session's progress.
type notice struct {
	Content         json.RawMessage `json:"content"` // mostly a text
	Level           string          `json:"level"`
	Model           string          `json:"model"`       // of init
	MCPServers      []mcpStatus     `json:"mcp_servers"` // of init
	Attempt         int             `json:"attempt"`
	MaxRetries      int             `json:"max_retries"`
	RetryDelayMs    float64         `json:"retry_delay_ms"`
	ErrorStatus     int             `json:"error_status"`
	CompactMetadata struct {
		Trigger    string `json:"trigger"`
		PreTokens  int64  `json:"pre_tokens"`
		PostTokens int64  `json:"post_tokens"`
	} `json:"compact_metadata"`
	RateLimit struct {
		Status   string  `json:"status"`
		Type     string  `json:"rateLimitType"`
		ResetsAt float64 `json:"resetsAt"`
	} `json:"rate_limit_info"`
}

// result is what the line that ends a turn says.
type result struct {
	IsError          bool                  `json:"is_error"`
	NumTurns         int                   `json:"num_turns"`
	Result           string                `json:"result"`
	Errors           []string              `json:"errors"`
	TerminalReason   string                `json:"terminal_reason"`
	APIErrorStatus   int                   `json:"api_error_status"`
	APIErrorType     string                `json:"api_error_type"`
	APIErrorKind     string                `json:"api_error"`
	TotalCostUSD     *float64              `json:"total_cost_usd"`
	Usage            usage                 `json:"usage"`
	ModelUsage       map[string]modelUsage `json:"modelUsage"`                    // of the whole session
	ModelUsageDelta  map[string]modelUsage `json:"model_usage_since_last_result"` // not sent by every version
	UserMessageUUID  string                `json:"user_message_uuid"`
	UserMessageUUIDs []string              `json:"user_message_uuids"`
	Origin           struct {
		Kind string `json:"kind"`
	} `json:"origin"`
}

type usage struct {
	InputTokens   int64 `json:"input_tokens"`
	OutputTokens  int64 `json:"output_tokens"`
	CacheCreation int64 `json:"cache_creation_input_tokens"`
	CacheRead     int64 `json:"cache_read_input_tokens"`
	OutputDetails struct {
		ThinkingTokens int64 `json:"thinking_tokens"`
	} `json:"output_tokens_details"`
}

// modelUsage is what one model has used, for the agent and its subagents.
type modelUsage struct {
	CostUSD        float64 `json:"costUSD"`
	ContextWindow  int64   `json:"contextWindow"`
	InputTokens    int64   `json:"inputTokens"`
	OutputTokens   int64   `json:"outputTokens"`
	CacheRead      int64   `json:"cacheReadInputTokens"`
	CacheCreation  int64   `json:"cacheCreationInputTokens"`
	ThinkingTokens int64   `json:"thinkingTokens"`
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
