package uistream

import (
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// AISDK turns the UI events of a turn into the chunks that the AI SDK reads, versions 5 to 7. Its zero value begins a turn;
// each start begins a response. What its readers would fail on never comes: chunks of other types, a delta without a start,
// an output without an input, a text that goes on in another step.
//
// A step is what the model says at once. The next one begins with what comes after the answers to all of a step's calls, so
// that those which are left to the client stand in the last step together.
//
// Every tool is dynamic. Its input is said to be executed elsewhere until a tool-request asks for it: only then does a
// client's onToolCall hear of it, and only such calls make it answer by itself. An agent may say that it calls a tool of the
// client's long before it does, in another response even: of ClientTools nothing is told before.
//
// Of other threads, and of steps whose output is no part of the conversation, no text is shown: there is no place for it.
type AISDK struct {
	ClientTools []string // their names, where the agent may call them later than it says

	response
	held   map[string]heldCall   // calls of these, by id
	block  openapi.UIEvent       // that runs
	blocks map[string]ChunkBlock // shown, by id
	mute   map[string]bool       // texts that are not shown
	out    []Chunk
}

// response is what a reader knows of one response.
type response struct {
	step    bool              // start-step was said
	open    map[string]string // texts and reasonings that are being written, and the type of their end
	called  bool              // the step has had calls
	calls   map[string]bool   // those that nobody has answered
	partial map[string]bool   // calls whose input is being streamed
}

// Chunks gives what one UI event becomes.
func (a *AISDK) Chunks(u openapi.UIEvent) []Chunk {
	switch u.Type {
	case openapi.UIStart:
		a.start(u)
	case openapi.UIFinish:
		a.end(Chunk{Type: openapi.UIFinish, FinishReason: u.FinishReason})
	case openapi.UIError:
		a.end(Chunk{Type: openapi.UIError, ErrorText: u.Message})
	case openapi.UIBlockStart:
		a.startBlock(u)
	case openapi.UIBlockEnd:
		a.endBlock(u)
	case openapi.UIResourceUpdate:
		a.content(Chunk{Type: chunkResource, ID: u.Name, Data: ChunkResource{u.Name, u.Value}})
	case openapi.UIFileAvailable, openapi.UISource:
		a.content(attachment(u))
	case openapi.UIToolRequest:
		a.request(u.ToolCalls)
	default:
		if strings.HasPrefix(u.Type, "tool-") {
			a.call(u)
		} else {
			a.prose(u)
		}
	}
	out := a.out
	a.out = nil
	return out
}

func (a *AISDK) say(c Chunk) { a.out = append(a.out, c) }

func (a *AISDK) start(u openapi.UIEvent) {
	a.response = response{}
	a.say(Chunk{Type: openapi.UIStart, MessageID: u.MessageID, MessageMetadata: &ChunkMetadata{
		ExecutionID: u.ExecutionID, SessionID: u.SessionID,
	}})
	a.inStep()
}

// content says something within a step.
func (a *AISDK) content(c Chunk) {
	a.inStep()
	a.say(c)
}

func (a *AISDK) inStep() {
	if !a.step {
		a.step = true
		a.say(Chunk{Type: chunkStartStep})
	}
}

// next begins another step where all calls of this one are answered.
func (a *AISDK) next() {
	if a.step && a.called && len(a.calls) == 0 {
		a.endStep()
	}
	a.inStep()
}

func (a *AISDK) endStep() {
	if !a.step {
		return
	}
	for id, end := range sorted(a.open) {
		a.say(Chunk{Type: end, ID: id})
	}
	a.say(Chunk{Type: chunkFinishStep})
	a.step, a.called, a.open, a.calls = false, false, nil, nil
}

func (a *AISDK) end(c Chunk) {
	a.endStep()
	a.say(c)
}

func (a *AISDK) startBlock(u openapi.UIEvent) {
	a.block = u
	if u.Display == string(openapi.DisplayHidden) {
		return
	}
	shown := ChunkBlock{
		BlockID: u.BlockID, Name: u.BlockName, Type: u.BlockType, Display: u.Display, Description: u.Description,
		Thread: u.Thread, Status: statusRunning,
	}
	put(&a.blocks, u.BlockID, shown)
	a.content(Chunk{Type: chunkBlock, ID: u.BlockID, Data: shown})
}

func (a *AISDK) endBlock(u openapi.UIEvent) {
	if a.block.BlockID == u.BlockID {
		a.block = openapi.UIEvent{}
	}
	if shown, ok := a.blocks[u.BlockID]; ok {
		shown.Status, shown.Summary = statusDone, u.Summary
		a.content(Chunk{Type: chunkBlock, ID: u.BlockID, Data: shown})
	}
}

func attachment(u openapi.UIEvent) Chunk {
	switch {
	case u.Type == openapi.UIFileAvailable:
		return Chunk{Type: chunkFile, URL: u.URL, MediaType: u.MediaType}
	case u.SourceType == "url":
		return Chunk{Type: chunkSourceURL, SourceID: u.ID, URL: u.URL, Title: u.Title}
	}
	return Chunk{Type: chunkSourceDoc, SourceID: u.ID, MediaType: u.MediaType, Title: u.Title, Filename: u.Filename}
}
