package protocol

// Step is a block of a handler under its name.
type Step struct {
	Name        string // for people; unique in its handler
	Display     Display
	Description string // for people; empty = the name says it
	Block       Block
}

// Block is what a step does: AddMessage, NextMessage, ToolCall, SetResource, StartThread or SerializeThread.
type Block interface {
	// Kind is the word of the definition, such as "add-message".
	Kind() string
	block()
}

// AddMessage renders a prompt and appends it to a thread. Hidden by default.
type AddMessage struct {
	Role      Role
	Prompt    string // its name
	Input     Bindings
	Thread    string
	Visible   bool   // in the chat; the model sees it either way
	UIContent string // the variable that the chat shows in place of the prompt; empty = the prompt
}

// NextMessage lets the model speak, with the calls of tools that it wants. Streamed by default.
type NextMessage struct {
	Thread       string
	Independent  bool    // not part of the chat
	Output       string  // the variable that gets the text, or the object with a ResponseType; empty = none
	ResponseType *Object // what the text is JSON of; nil = plain text
}

// ToolCall calls a tool without asking the model. Its tool's description is displayed by default.
type ToolCall struct {
	Tool   string
	Input  []Argument
	Output string // the variable that gets the result; empty = none
}

// Argument is a parameter of a ToolCall.
type Argument struct {
	Name     string
	Variable string // where its value comes from; empty = Value
	Value    any
}

// SetResource copies a variable to a resource. Its name is displayed by default.
type SetResource struct{ Resource, Value string }

// StartThread opens a named thread. It has a model of its own, or the agent's; nothing else comes from the agent. It may
// call tools as often as MaxSteps says. Hidden by default: the contract names no default, and clients show no such block.
type StartThread struct {
	Name   string
	Thread Thread
}

// SerializeThread writes a thread's conversation to a variable. Its name is displayed by default, as set-resource's: the
// contract names no default, but clients show it as an operation.
type SerializeThread struct {
	Thread string
	Format Format
	Output string
}

// Role is who says a message.
type Role string

// The roles.
const (
	RoleUser      Role = "user"
	RoleAssistant Role = "assistant"
	RoleSystem    Role = "system"
)

// Format is how a conversation is written.
type Format string

// The formats.
const (
	FormatMarkdown Format = "markdown"
	FormatJSON     Format = "json"
)

// Kind implements Block.
func (AddMessage) Kind() string { return "add-message" }

// Kind implements Block.
func (NextMessage) Kind() string { return "next-message" }

// Kind implements Block.
func (ToolCall) Kind() string { return "tool-call" }

// Kind implements Block.
func (SetResource) Kind() string { return "set-resource" }

// Kind implements Block.
func (StartThread) Kind() string { return "start-thread" }

// Kind implements Block.
func (SerializeThread) Kind() string { return "serialize-thread" }

func (AddMessage) block()      {}
func (NextMessage) block()     {}
func (ToolCall) block()        {}
func (SetResource) block()     {}
func (StartThread) block()     {}
func (SerializeThread) block() {}

// Arguments are the call's arguments with the values of variables put in. What has no value is left out.
func (c ToolCall) Arguments(values Lookup) map[string]any {
	all := map[string]any{}
	for _, a := range c.Input {
		value, ok := a.Value, true
		if a.Variable != "" {
			value, ok = values(a.Variable)
		}
		if ok && value != nil {
			all[a.Name] = value
		}
	}
	return all
}
