package opencode

import (
	"encoding/json"
	"errors"
)

// event is one event of the program's stream, as far as Parley looks at it. Every kind of event is read into the one
// struct; what differs in shape between kinds is kept raw.
type event struct {
	Type       string     `json:"type"`
	Properties properties `json:"properties"`
}

// properties is what an event says.
type properties struct {
	Info   *info  `json:"info"`   // message.updated, session.created
	Part   *part  `json:"part"`   // message.part.updated
	Error  *fault `json:"error"`  // session.error
	Status status `json:"status"` // session.status
	Todos  []todo `json:"todos"`

	// message.part.delta
	PartID string `json:"partID"`
	Field  string `json:"field"`
	Delta  string `json:"delta"`

	request          // permission.asked, question.asked; its session is that of any event
	RequestID string `json:"requestID"` // permission.replied, question.replied, question.rejected
}

// info describes a message, or a session where the event is about one.
type info struct {
	ID         string          `json:"id"`
	SessionID  string          `json:"sessionID"`
	ParentID   string          `json:"parentID"` // of a subagent's session: the session that it works for
	Role       string          `json:"role"`
	ProviderID string          `json:"providerID"`
	ModelID    string          `json:"modelID"`
	Cost       float64         `json:"cost"`
	Tokens     tokens          `json:"tokens"`
	Finish     string          `json:"finish"`
	Error      *fault          `json:"error"`
	Summary    json.RawMessage `json:"summary"` // true of the message that stands for a compacted conversation
	Time       struct {
		Completed float64 `json:"completed"`
	} `json:"time"`
}

// tokens are those of one message. Input is without what was read from or written to a cache, output without reasoning.
type tokens struct {
	Input     float64 `json:"input"`
	Output    float64 `json:"output"`
	Reasoning float64 `json:"reasoning"`
	Cache     struct {
		Read  float64 `json:"read"`
		Write float64 `json:"write"`
	} `json:"cache"`
}

// part is a piece of a message: a text, a thought, a tool call, or a mark of the program's own.
type part struct {
	ID        string    `json:"id"`
	SessionID string    `json:"sessionID"`
	MessageID string    `json:"messageID"`
	Type      string    `json:"type"`
	Text      string    `json:"text"`
	Ignored   bool      `json:"ignored"` // a text for the user's screen only
	Tool      string    `json:"tool"`
	CallID    string    `json:"callID"`
	State     toolState `json:"state"`
	Time      *struct { // absent where the part came whole
		End float64 `json:"end"`
	} `json:"time"`
}

// toolState is a tool call's: pending, running, completed or error.
type toolState struct {
	Status      string          `json:"status"`
	Input       json.RawMessage `json:"input"`
	Output      string          `json:"output"`
	Error       string          `json:"error"`
	Metadata    json.RawMessage `json:"metadata"`
	Attachments []struct {
		Mime     string `json:"mime"`
		Filename string `json:"filename"`
	} `json:"attachments"`
}

// status is what a session does: idle, busy or retry.
type status struct {
	Type    string  `json:"type"`
	Attempt int     `json:"attempt"`
	Message string  `json:"message"`
	Next    float64 `json:"next"` // milliseconds since 1970
}

type todo struct {
	Content string `json:"content"`
	Status  string `json:"status"`
}

// fault is an error of a session or a message.
type fault struct {
	Name string `json:"name"`
	Data struct {
		Message    string `json:"message"`
		StatusCode int    `json:"statusCode"`
		ProviderID string `json:"providerID"`
	} `json:"data"`
}

// request is what the program wants to be told by the user: a permission, or answers to questions.
type request struct {
	ID         string         `json:"id"`
	SessionID  string         `json:"sessionID"`
	Permission string         `json:"permission"`
	Patterns   []string       `json:"patterns"`
	Metadata   map[string]any `json:"metadata"`
	Always     []string       `json:"always"`
	Tool       map[string]any `json:"tool"`
	Questions  []question     `json:"questions"`
}

type question struct {
	Question string `json:"question"`
	Header   string `json:"header"`
	Multiple bool   `json:"multiple"`
	Options  []struct {
		Label       string `json:"label"`
		Description string `json:"description"`
	} `json:"options"`
}

// storedMessage is a message as the program has stored it, with all its parts.
type storedMessage struct {
	Info  info   `json:"info"`
	Parts []part `json:"parts"`
}

var errNoType = errors.New("a JSON object without a type")

// parse reads an event. A field of another shape than expected is left out, it does not spoil the rest.
func parse(raw []byte) (*event, error) {
	e := &event{}
	if err := ignoreShape(json.Unmarshal(raw, e)); err != nil {
		return nil, err
	}
	if e.Type == "" {
		return nil, errNoType
	}
	p := &e.Properties
	if p.SessionID == "" && p.Info != nil {
		p.SessionID = p.Info.SessionID
	}
	return e, nil
}

func ignoreShape(err error) error {
	if shape := (*json.UnmarshalTypeError)(nil); errors.As(err, &shape) {
		return nil
	}
	return err
}
