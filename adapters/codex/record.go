package codex

import (
	"bytes"
	"encoding/json"
	"errors"
)

// params are those of a notification, as far as Parley looks at them. Every kind is read into the one struct: they are
// decoded once. What differs in shape between kinds is kept raw.
type params struct {
	ThreadID string      `json:"threadId"`
	TurnID   string      `json:"turnId"`
	ItemID   string      `json:"itemId"`
	Item     *item       `json:"item"`
	Turn     *nativeTurn `json:"turn"`

	Delta        string   `json:"delta"`
	SummaryIndex int      `json:"summaryIndex"`
	ContentIndex int      `json:"contentIndex"`
	Changes      []change `json:"changes"` // of a patch that is still being written

	Error     json.RawMessage `json:"error"` // a turnError; of an MCP server a text
	WillRetry bool            `json:"willRetry"`

	Usage tokenUsage `json:"tokenUsage"`
	Plan  []planStep `json:"plan"`
	Diff  string     `json:"diff"`

	Message   string          `json:"message"` // of warning and progress
	Summary   string          `json:"summary"` // of configWarning and deprecationNotice
	Details   string          `json:"details"`
	Name      string          `json:"name"`   // of an MCP server
	Status    json.RawMessage `json:"status"` // of an MCP server a word
	FromModel string          `json:"fromModel"`
	ToModel   string          `json:"toModel"`
	Reason    string          `json:"reason"`
	RequestID json.RawMessage `json:"requestId"`

	RateLimits struct {
		Reached string `json:"rateLimitReachedType"`
	} `json:"rateLimits"`
}

// turn is the native turn that the notification belongs to; empty when it belongs to none.
func (p *params) turn() string {
	if p.Turn != nil {
		return p.Turn.ID
	}
	return p.TurnID
}

type nativeTurn struct {
	ID     string     `json:"id"`
	Status string     `json:"status"` // completed, interrupted or failed
	Error  *turnError `json:"error"`
}

type turnError struct {
	Message string          `json:"message"`
	Details string          `json:"additionalDetails"`
	Info    json.RawMessage `json:"codexErrorInfo"` // a word, or an object whose one key is the word
}

type planStep struct {
	Step   string `json:"step"`
	Status string `json:"status"`
}

type tokenUsage struct {
	Total         tokens `json:"total"` // of the thread
	Last          tokens `json:"last"`  // of the last request to the model
	ContextWindow int64  `json:"modelContextWindow"`
}

// tokens are counted as the provider does: the input has what was cached in it, the output the thoughts.
type tokens struct {
	Input      int64 `json:"inputTokens"`
	Cached     int64 `json:"cachedInputTokens"`
	CacheWrite int64 `json:"cacheWriteInputTokens"`
	Output     int64 `json:"outputTokens"`
	Reasoning  int64 `json:"reasoningOutputTokens"`
}

// item is an item of any type.
type item struct {
	Type   string `json:"type"`
	ID     string `json:"id"`
	Status string `json:"status"` // inProgress, completed, failed or declined

	ClientID string          `json:"clientId"` // of a message of the user's: the name that it was sent with
	Text     string          `json:"text"`     // of agentMessage and plan
	Summary  []string        `json:"summary"`  // of reasoning
	Content  json.RawMessage `json:"content"`  // of reasoning the thoughts themselves

	// commandExecution
	Command   string `json:"command"`
	Cwd       string `json:"cwd"`
	ProcessID string `json:"processId"`
	Output    string `json:"aggregatedOutput"`
	ExitCode  *int   `json:"exitCode"`

	Changes []change `json:"changes"` // of fileChange

	// mcpToolCall, dynamicToolCall, collabAgentToolCall, functionCallOutput
	Server    string          `json:"server"`
	Tool      string          `json:"tool"`
	Namespace string          `json:"namespace"`
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
	Result    json.RawMessage `json:"result"` // of imageGeneration a text
	Error     *struct {
		Message string `json:"message"`
	} `json:"error"`
	ContentItems  json.RawMessage `json:"contentItems"`
	FunctionValue json.RawMessage `json:"output"`
	Prompt        string          `json:"prompt"`
	Receivers     []string        `json:"receiverThreadIds"`
	AgentStates   json.RawMessage `json:"agentsStates"`

	// subAgentActivity
	Kind      json.RawMessage `json:"kind"`
	AgentPath string          `json:"agentPath"`

	// webSearch
	Query   string          `json:"query"`
	Action  json.RawMessage `json:"action"`
	Results json.RawMessage `json:"results"`

	Path          string `json:"path"` // of imageView
	SavedPath     string `json:"savedPath"`
	RevisedPrompt string `json:"revisedPrompt"`
	DurationMs    int64  `json:"durationMs"` // of sleep
	Review        string `json:"review"`

	raw json.RawMessage
}

// UnmarshalJSON keeps the item as it came, for types that are not known here.
func (i *item) UnmarshalJSON(raw []byte) error {
	type plain item
	err := json.Unmarshal(raw, (*plain)(i))
	i.raw = bytes.Clone(raw)
	return ignoreShape(err)
}

// change is what happens to one file.
type change struct {
	Path string `json:"path"`
	Kind struct {
		Type     string `json:"type"` // add, update or delete
		MovePath string `json:"move_path,omitempty"`
	} `json:"kind"`
	Diff string `json:"diff"` // hunks of an update, the content of a file that is added or deleted
}

// parse reads the params of a notification. A field of another shape than expected is left out, it does not spoil the rest.
func parse(raw json.RawMessage) *params {
	p := &params{}
	_ = ignoreShape(json.Unmarshal(raw, p)) // params that are no object have no fields
	return p
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

// isNull says that a field is missing or null.
func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

func deref[T any](p *T) (value T) {
	if p != nil {
		value = *p
	}
	return value
}
