package provider

// Part is a piece of an answer: TextStart, TextDelta, TextEnd, ReasoningStart, ReasoningDelta, ReasoningEnd,
// ToolInputStart, ToolInputDelta, ToolInputEnd, ToolCall, Usage or Finish.
//
// IDs are unique in the answer. Texts and reasoning come one after the other, tool inputs may come side by side. An
// answer that is cut has no ToolCall for an input that was open.
type Part interface{ part() }

// TextStart begins a text.
type TextStart struct{ ID string }

// TextDelta adds to a text. It is never empty.
type TextDelta struct{ ID, Text string }

// TextEnd ends a text.
type TextEnd struct{ ID string }

// ReasoningStart begins what the model thinks, or a summary of it. It may stay without text.
type ReasoningStart struct{ ID string }

// ReasoningDelta adds to reasoning. It is never empty.
type ReasoningDelta struct{ ID, Text string }

// ReasoningEnd ends reasoning.
type ReasoningEnd struct {
	ID       string
	Metadata Metadata // empty when the answer was cut
}

// ToolInputStart begins the input of the tool call of that id.
type ToolInputStart struct{ ID, Name string }

// ToolInputDelta adds a piece of JSON to an input. It is never empty.
type ToolInputDelta struct{ ID, Delta string }

// ToolInputEnd ends an input. The ToolCall comes next, unless the answer was cut.
type ToolInputEnd struct{ ID string }

// Usage are the tokens of the call. It comes at most once, before the Finish or the error.
type Usage struct {
	Input      int64 // without those read from or written to a cache
	Output     int64 // with Reasoning
	CacheRead  int64
	CacheWrite int64
	Reasoning  int64
}

// Finish ends a complete answer.
type Finish struct{ Reason FinishReason }

// FinishReason says why an answer ended, in the words of the agent-sessions API.
type FinishReason string

// The reasons.
const (
	FinishStop          FinishReason = "stop"
	FinishToolCalls     FinishReason = "tool-calls" // and never without a ToolCall
	FinishLength        FinishReason = "length"
	FinishContentFilter FinishReason = "content-filter" // also when the model refuses
	FinishOther         FinishReason = "other"
)

func (TextStart) part()      {}
func (TextDelta) part()      {}
func (TextEnd) part()        {}
func (ReasoningStart) part() {}
func (ReasoningDelta) part() {}
func (ReasoningEnd) part()   {}
func (ToolInputStart) part() {}
func (ToolInputDelta) part() {}
func (ToolInputEnd) part()   {}
func (ToolCall) part()       {}
func (Usage) part()          {}
func (Finish) part()         {}
