package openapi

import "encoding/json"

// Output is what an agent can say in a turn. The set is sealed: the life of turns and sessions, questions and
// permissions are not an agent's to write.
//
// Items are named by their NativeItemID, which is unique in a turn; the session gives them their ItemID, and
// ParentID names the parent's native id. Fields of ids that are the session's to give are left empty.
type Output interface{ output() }

// ItemStarted begins an item. The status is in_progress; a second start of the same item is dropped.
type ItemStarted struct {
	Item Item
	Raw  json.RawMessage
}

// ItemDelta adds text to an item that was started.
type ItemDelta struct {
	NativeItemID string
	Part         DeltaPart // empty = the text
	Delta        string
	Raw          json.RawMessage
}

// ItemCompleted ends an item. One that was not started is started first; a message that had no delta gets one.
type ItemCompleted struct {
	Item Item
	Raw  json.RawMessage
}

// Usage is what the turn has used so far.
type Usage struct {
	Data UsageUpdatedData
	Raw  json.RawMessage
}

// ResourceUpdated sets a resource of a declared agent, which people and their programs may see.
type ResourceUpdated struct {
	Data ResourceUpdatedData
	Raw  json.RawMessage
}

// VariableUpdated sets a variable of a declared agent, which is the agent's own affair.
type VariableUpdated struct {
	Data VariableUpdatedData
	Raw  json.RawMessage
}

// BlockStarted begins a step of a declared agent. What is said until its end is the step's.
type BlockStarted struct {
	Data BlockStartedData
	Raw  json.RawMessage
}

// BlockEnded ends a step.
type BlockEnded struct {
	Data BlockEndedData
	Raw  json.RawMessage
}

// Failure is an error that people must see. It does not end the turn.
type Failure struct {
	Data ErrorData
	Raw  json.RawMessage
}

// Unparsed keeps what could not be read.
type Unparsed struct {
	Data AgentUnparsedData
	Raw  json.RawMessage
}

// Ended says that the agent ended its session by itself. The next message starts it again.
type Ended struct {
	Data SessionEndedData
	Raw  json.RawMessage
}

// NativeSession tells the agent's own name for the session, which a later start resumes.
type NativeSession struct{ ID string }

func (ItemStarted) output()     {}
func (ItemDelta) output()       {}
func (ItemCompleted) output()   {}
func (Usage) output()           {}
func (ResourceUpdated) output() {}
func (VariableUpdated) output() {}
func (BlockStarted) output()    {}
func (BlockEnded) output()      {}
func (Failure) output()         {}
func (Unparsed) output()        {}
func (Ended) output()           {}
func (NativeSession) output()   {}
