package acp

import (
	"encoding/json"
	"errors"
)

// protocolVersion is the one version of the protocol that is spoken here. Version 2 is a draft with other messages.
const protocolVersion = 1

// Methods of the agent.
const (
	methodInitialize   = "initialize"
	methodAuthenticate = "authenticate"
	methodNew          = "session/new"
	methodLoad         = "session/load"
	methodResume       = "session/resume"
	methodPrompt       = "session/prompt"
	methodCancel       = "session/cancel"
	methodSetMode      = "session/set_mode"
	methodSetModel     = "session/set_model"
	methodSetOption    = "session/set_config_option"
)

// Methods of the client.
const (
	methodUpdate         = "session/update"
	methodPermission     = "session/request_permission"
	methodElicitation    = "elicitation/create"
	methodCancelRequest  = "$/cancel_request"
	methodElicitationEnd = "elicitation/complete"
)

// codeAuthRequired is the error of an agent that nobody is logged in to.
const codeAuthRequired = -32000

// object is a message to the agent, or a part of one.
type object = map[string]any

// initialized is what an agent says of itself.
type initialized struct {
	ProtocolVersion json.RawMessage   `json:"protocolVersion"`
	Agent           implementation    `json:"agentInfo"`
	Capabilities    agentCapabilities `json:"agentCapabilities"`
	AuthMethods     []authMethod      `json:"authMethods"`
}

type implementation struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Version string `json:"version"`
}

type agentCapabilities struct {
	LoadSession bool `json:"loadSession"`
	Prompt      struct {
		Image bool `json:"image"`
	} `json:"promptCapabilities"`
	MCP struct {
		HTTP bool `json:"http"`
		SSE  bool `json:"sse"`
	} `json:"mcpCapabilities"`
	Session struct {
		Resume json.RawMessage `json:"resume"` // an object where it can
	} `json:"sessionCapabilities"`
}

func (c agentCapabilities) resumes() bool {
	return len(c.Session.Resume) > 0 && string(c.Session.Resume) != "null" && string(c.Session.Resume) != "false"
}

// authMethod is a way to log in. Vars are the environment variables that it takes, where that is all it needs.
type authMethod struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Vars []struct {
		Name     string `json:"name"`
		Optional bool   `json:"optional"`
	} `json:"vars"`
}

// notification is what session/update carries.
type notification struct {
	SessionID string `json:"sessionId"`
	Update    update `json:"update"`
}

// update is any kind of update. What differs in shape between kinds is kept raw.
type update struct {
	Kind      string          `json:"sessionUpdate"`
	MessageID string          `json:"messageId"`
	Content   json.RawMessage `json:"content"` // a block; a list of a tool's contents

	toolUpdate

	Entries []planEntry    `json:"entries"`
	Mode    string         `json:"currentModeId"`
	Options []configOption `json:"configOptions"`
	Size    int64          `json:"size"`
	Cost    *cost          `json:"cost"`
}

// toolUpdate is what is new of a tool call. What is left out stays as it was.
type toolUpdate struct {
	ID        string          `json:"toolCallId"`
	Name      string          `json:"name"`
	Title     string          `json:"title"`
	Tool      string          `json:"kind"`
	Status    string          `json:"status"`
	Input     json.RawMessage `json:"rawInput"`
	Output    json.RawMessage `json:"rawOutput"`
	Locations []location      `json:"locations"`
	Meta      toolMeta        `json:"_meta"`
}

type location struct {
	Path string `json:"path"`
}

// toolMeta is what some bridges tell beyond the protocol.
type toolMeta struct {
	Claude struct {
		ToolName        string `json:"toolName"`
		ParentToolUseID string `json:"parentToolUseId"`
	} `json:"claudeCode"`
	TerminalOutput *struct {
		Data string `json:"data"`
	} `json:"terminal_output_delta"`
	TerminalExit *struct {
		ExitCode *int   `json:"exit_code"`
		Signal   string `json:"signal"`
	} `json:"terminal_exit"`
}

type planEntry struct {
	Content string `json:"content"`
	Status  string `json:"status"`
}

// cost is the sum of the session so far.
type cost struct {
	Amount   float64 `json:"amount"`
	Currency string  `json:"currency"`
}

// promptResult ends a turn.
type promptResult struct {
	StopReason string  `json:"stopReason"`
	Usage      *tokens `json:"usage"`
	Meta       struct {
		Quota struct {
			Count  *tokens `json:"token_count"`
			Models []struct {
				Model string `json:"model"`
			} `json:"model_usage"`
		} `json:"quota"`
	} `json:"_meta"`
}

// tokens are the tokens of a turn, as the protocol and as Gemini CLI spell them.
type tokens struct {
	Input       int64 `json:"inputTokens"`
	Output      int64 `json:"outputTokens"`
	CacheRead   int64 `json:"cachedReadTokens"`
	CacheWrite  int64 `json:"cachedWriteTokens"`
	Thought     int64 `json:"thoughtTokens"`
	Total       int64 `json:"totalTokens"`
	InputSnake  int64 `json:"input_tokens"`
	OutputSnake int64 `json:"output_tokens"`
}

// permissionParams asks whether a tool may be used.
type permissionParams struct {
	ToolCall json.RawMessage    `json:"toolCall"` // a toolUpdate with contents
	Options  []permissionOption `json:"options"`
}

type permissionOption struct {
	ID   string `json:"optionId"`
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// decode reads a message. A field of another shape than expected is left out, it does not spoil the rest.
func decode(raw json.RawMessage, into any) error {
	err := json.Unmarshal(raw, into)
	if shape := (*json.UnmarshalTypeError)(nil); errors.As(err, &shape) {
		return nil
	}
	return err
}
