package uistream

import (
	"slices"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// FoldUI is the message that a client builds of the UI events of a turn: of all its legs, with the outputs of the tools that
// the client executes in their place. It has no CreatedAt, which a client makes up.
func FoldUI(events []openapi.UIEvent) openapi.UIMessage {
	f := newFold("")
	for _, u := range events {
		f.add(said{UIEvent: u})
	}
	return f.message(fullParts)
}

// fold is a message on its way.
type fold struct {
	id     string
	done   bool
	parts  []*part
	calls  map[string]*part
	text   *part // that deltas of a text go to; nil = nowhere
	reason *part // the same for a reasoning
	block  openapi.UIEvent
}

func newFold(id string) *fold { return &fold{id: id, calls: map[string]*part{}} }

// add does what a client does with an event.
func (f *fold) add(u said) {
	switch u.Type {
	case openapi.UIStart:
		f.id = u.MessageID
	case openapi.UIBlockStart:
		f.startBlock(u.UIEvent)
	case openapi.UIBlockEnd:
		f.endBlock(u.UIEvent)
	case openapi.UITextStart:
		f.replace(u.replaces)
		f.startText(u.UIEvent)
	case openapi.UIReasoningStart:
		f.reason = f.begin(openapi.UIPart{Type: partReasoning, Status: statusStreaming})
	case openapi.UITextDelta:
		f.text.write(u.Delta)
	case openapi.UIReasoningDelta:
		f.reason.write(u.Delta)
	case openapi.UITextEnd:
		f.text.end()
		f.text = nil
	case openapi.UIReasoningEnd:
		f.reason.end()
		f.reason = nil
	case openapi.UIFileAvailable, openapi.UISource:
		f.attach(u.UIEvent)
	case openapi.UIFinish:
		f.finish(u.FinishReason)
	case openapi.UIError:
		f.cut()
	default:
		f.addCall(u)
	}
}

func (f *fold) begin(p openapi.UIPart) *part {
	p.Thread = otherThread(f.block.Thread)
	begun := &part{UIPart: p}
	f.parts = append(f.parts, begun)
	return begun
}

// operationTypes are the blocks that are shown as parts.
var operationTypes = []string{"set-resource", "serialize-thread", "generate-image"}

func (f *fold) startBlock(u openapi.UIEvent) {
	f.block, f.text, f.reason = u, nil, nil
	if !slices.Contains(operationTypes, u.BlockType) || u.Display == string(openapi.DisplayHidden) {
		return
	}
	name := u.Description
	if name == "" {
		name = u.BlockName
	}
	f.begin(openapi.UIPart{
		Type: partOperation, OperationID: u.BlockID, Name: name, OperationType: u.BlockType, Status: statusRunning,
	})
}

func (f *fold) endBlock(u openapi.UIEvent) {
	for _, p := range f.parts {
		if p.Type == partOperation && p.OperationID == u.BlockID {
			p.Status = statusDone
		}
	}
	if f.block.BlockID == u.BlockID {
		f.block = openapi.UIEvent{}
	}
}

// startText begins a text or an object, unless the block's output is no part of the conversation.
func (f *fold) startText(u openapi.UIEvent) {
	silent := f.block.OutputToChat != nil && !*f.block.OutputToChat
	switch {
	case silent && otherThread(f.block.Thread) == "":
	case u.ResponseType != "":
		f.text = f.begin(openapi.UIPart{Type: partObject, ID: u.ID, TypeName: u.ResponseType, Status: statusStreaming})
	default:
		f.text = f.begin(openapi.UIPart{Type: partText, Status: statusStreaming})
	}
}

// replace drops the structured output of an item.
func (f *fold) replace(item string) {
	if item == "" {
		return
	}
	f.parts = slices.DeleteFunc(f.parts, func(p *part) bool {
		return p.Type == partObject && (p.ID == item || strings.HasPrefix(p.ID, item+"/"))
	})
}

func (f *fold) attach(u openapi.UIEvent) {
	kind := partFile
	if u.Type == openapi.UISource {
		kind = partSource
	}
	f.begin(openapi.UIPart{
		Type: kind, ID: u.ID, MediaType: u.MediaType, URL: u.URL, Filename: u.Filename, Size: u.Size, SourceType: u.SourceType,
		Title: u.Title, ToolCallID: u.ToolCallID,
	})
}

// finish ends the message, unless it is a leg that goes on with the results of tools.
func (f *fold) finish(reason string) {
	if reason == finishToolCalls {
		return
	}
	f.done = true
	for _, p := range f.parts {
		if p.Status == statusStreaming {
			p.end()
		}
	}
}

// cut ends a message that goes on no more: what was under way is cancelled.
func (f *fold) cut() {
	f.finish("")
	for _, p := range f.parts {
		if p.Status == statusPending || p.Status == statusRunning {
			p.Status = statusCancelled
		}
	}
}

// message is the message so far, as clients of an era take it.
func (f *fold) message(era Era) openapi.UIMessage {
	m := openapi.UIMessage{
		ID: f.id, Role: openapi.UIMessageRoleAssistant, Status: openapi.UIMessageStatusStreaming, Parts: []openapi.UIPart{},
	}
	if f.done {
		m.Status = openapi.UIMessageStatusDone
	}
	for _, p := range f.parts {
		if ui, ok := p.fit(era); ok {
			m.Parts = append(m.Parts, ui)
		}
	}
	return m
}
