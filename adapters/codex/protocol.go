package codex

import "encoding/json"

// What is sent to the program, and what of its answers is read. The names are the protocol's own, as
// `codex app-server generate-json-schema --experimental` of the pinned version has them.

type initializeParams struct {
	ClientInfo   clientInfo   `json:"clientInfo"`
	Capabilities capabilities `json:"capabilities"`
}

type clientInfo struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Version string `json:"version"`
}

type capabilities struct {
	ExperimentalAPI bool `json:"experimentalApi"` // collaboration modes and roots of skills are experimental
}

type accountAnswer struct {
	Account            json.RawMessage `json:"account"`
	RequiresOpenAIAuth bool            `json:"requiresOpenaiAuth"`
}

// missing says that the provider wants a login and there is none.
func (a accountAnswer) missing() bool {
	return a.RequiresOpenAIAuth && (len(a.Account) == 0 || string(a.Account) == "null")
}

type loginParams struct {
	Type   string `json:"type"`
	APIKey string `json:"apiKey"`
}

type skillRootsParams struct {
	ExtraRoots []string `json:"extraRoots"`
}

// threadParams begin a thread, or take up the one that is named.
type threadParams struct {
	ThreadID     string         `json:"threadId,omitempty"`
	ExcludeTurns bool           `json:"excludeTurns,omitempty"` // of a thread that is taken up: its history is not sent
	Cwd          string         `json:"cwd,omitempty"`
	Model        string         `json:"model,omitempty"`
	Approval     string         `json:"approvalPolicy"`
	Sandbox      string         `json:"sandbox"`
	Reviewer     string         `json:"approvalsReviewer"`
	Config       map[string]any `json:"config,omitempty"`
}

type threadAnswer struct {
	Thread struct {
		ID string `json:"id"`
	} `json:"thread"`
	Model  string `json:"model"`
	Effort string `json:"reasoningEffort"`
}

type turnParams struct {
	ThreadID string             `json:"threadId"`
	ClientID string             `json:"clientUserMessageId,omitempty"` // comes back with the user's message
	Input    []any              `json:"input"`
	Effort   string             `json:"effort,omitempty"`
	Mode     *collaborationMode `json:"collaborationMode,omitempty"`
}

// collaborationMode takes precedence over the thread's model and effort, so it repeats them. Without instructions it has
// the program's own for the mode.
type collaborationMode struct {
	Mode     string       `json:"mode"`
	Settings modeSettings `json:"settings"`
}

type modeSettings struct {
	Model        string  `json:"model"`
	Effort       *string `json:"reasoning_effort"`
	Instructions *string `json:"developer_instructions"`
}

type turnAnswer struct {
	Turn struct {
		ID string `json:"id"`
	} `json:"turn"`
}

type steerParams struct {
	ThreadID string `json:"threadId"`
	Expected string `json:"expectedTurnId"`
	ClientID string `json:"clientUserMessageId"`
	Input    []any  `json:"input"`
}

type interruptParams struct {
	ThreadID string `json:"threadId"`
	TurnID   string `json:"turnId"`
}

// The pieces of a message.

type textInput struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Elements []any  `json:"text_elements"`
}

type imageInput struct {
	Type string `json:"type"`
	Path string `json:"path"`
}

func newText(text string) textInput        { return textInput{"text", text, []any{}} }
func newLocalImage(path string) imageInput { return imageInput{"localImage", path} }

type modelListParams struct {
	Cursor string `json:"cursor,omitempty"`
}

type modelListAnswer struct {
	Data       []nativeModel `json:"data"`
	NextCursor string        `json:"nextCursor"`
}

type nativeModel struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
	Efforts     []struct {
		Effort string `json:"reasoningEffort"`
	} `json:"supportedReasoningEfforts"`
	DefaultEffort string `json:"defaultReasoningEffort"`
}
