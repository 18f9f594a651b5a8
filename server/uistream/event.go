package uistream

import "github.com/parleyhq/parley/openapi"

// Event is a UI event with its place in the stream.
type Event struct {
	ID   ID
	Data openapi.UIEvent
}

// said is a UI event that a turn gives, and who has to be told of it.
type said struct {
	openapi.UIEvent
	call      string // the call that this answers with what the client gave: a client that was asked for it knows
	cancelled bool   // this answers a call that nobody will answer
	replaces  string // the item of a structured output that has failed, and that this text is in the place of
	passing   bool   // this is a result that is shown as it comes, and not kept
}
