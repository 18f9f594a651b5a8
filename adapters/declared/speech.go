package declared

import (
	"fmt"
	"strings"

	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/adapters/internal/provider"
	"github.com/parleyhq/parley/openapi"
)

// speech makes items of an answer while it comes. An item is completed when the next thing comes, or the end: only then is it
// known that it was not cut.
type speech struct {
	*turn
	block  protocol.NextMessage
	thread protocol.Thread
	round  int // of tool calls, if there are any
	answer answer
	open   []*spokenItem // in the order of their starts
	said   *spokenItem   // whole, but not completed yet
}

// spokenItem is an item that the model is saying.
type spokenItem struct {
	id       string // of the part
	item     openapi.Item
	text     strings.Builder
	metadata provider.Metadata
}

func (t *turn) newSpeech(b protocol.NextMessage, thread protocol.Thread) *speech {
	return &speech{turn: t, block: b, thread: thread, round: t.state.rounds(b.Thread) + 1}
}

// add says a part.
func (s *speech) add(part provider.Part) error {
	if err := s.settle(openapi.ItemStatusCompleted); err != nil {
		return err
	}
	switch p := part.(type) {
	case provider.TextStart:
		return s.start("text "+p.ID, openapi.ItemKindMessage, s.textPart(""))
	case provider.TextDelta:
		return s.delta("text "+p.ID, "", p.Text)
	case provider.TextEnd:
		s.said = s.take("text " + p.ID)
	case provider.ReasoningStart:
		return s.start("reasoning "+p.ID, openapi.ItemKindMessage, reasoningPart("", provider.Metadata{}))
	case provider.ReasoningDelta:
		return s.delta("reasoning "+p.ID, openapi.DeltaPartReasoning, p.Text)
	case provider.ReasoningEnd:
		s.said = s.take("reasoning " + p.ID)
		s.said.metadata = p.Metadata
	case provider.ToolInputStart:
		return s.startCall(p)
	case provider.ToolInputDelta:
		return s.delta("tool "+p.ID, openapi.DeltaPartToolInput, p.Delta)
	case provider.ToolCall:
		return s.completeCall(p)
	}
	return nil
}

func (s *speech) start(id string, kind openapi.ItemKind, part openapi.Part) error {
	item := s.newItem(kind, openapi.ItemRoleAssistant, s.block.Thread)
	item.Status, item.Content = openapi.ItemStatusInProgress, openapi.Parts(part)
	if call, ok := part.(openapi.ToolCallPart); ok {
		item.Audience = s.audience(call.Name)
	}
	s.open = append(s.open, &spokenItem{id: id, item: item})
	return s.emit(openapi.ItemStarted{Item: item})
}

func (s *speech) delta(id string, part openapi.DeltaPart, text string) error {
	i := s.find(id)
	i.text.WriteString(text)
	return s.emit(openapi.ItemDelta{NativeItemID: *i.item.NativeItemID, Part: part, Delta: text})
}

// find is an open item. The provider's parts are in order: it is there.
func (s *speech) find(id string) *spokenItem {
	for _, i := range s.open {
		if i.id == id {
			return i
		}
	}
	panic("declared: no start of " + id)
}

// take is an open item, which is open no more.
func (s *speech) take(id string) *spokenItem {
	i := s.find(id)
	rest := s.open[:0]
	for _, other := range s.open {
		if other != i {
			rest = append(rest, other)
		}
	}
	s.open = rest
	return i
}

// settle completes the item that was whole.
func (s *speech) settle(status openapi.ItemStatus) error {
	i := s.said
	if i == nil {
		return nil
	}
	s.said = nil
	return s.complete(i, status)
}

func (s *speech) complete(i *spokenItem, status openapi.ItemStatus) error {
	switch part := i.item.Content[0].Part.(type) {
	case openapi.TextPart:
		s.answer.text += i.text.String()
		i.item.Content = openapi.Parts(s.textPart(i.text.String()))
	case openapi.ReasoningPart:
		i.item.Content = openapi.Parts(reasoningPart(i.text.String(), i.metadata))
	case openapi.ToolCallPart:
		part.Arguments = i.text.String()
		i.item.Content = openapi.Parts(part)
	}
	i.item.Status = status
	return s.emit(openapi.ItemCompleted{Item: i.item})
}

// end completes the answer. Structured output that does not fit is completed as failed.
func (s *speech) end() error {
	of := s.block.ResponseType
	if of == nil || len(s.answer.calls) > 0 {
		return s.settle(openapi.ItemStatusCompleted)
	}
	text := s.answer.text
	if s.said != nil {
		text += s.said.text.String()
	}
	if s.answer.fault = fits(text, of); s.answer.fault != nil {
		return s.settle(openapi.ItemStatusFailed)
	}
	return s.settle(openapi.ItemStatusCompleted)
}

// cut completes what the model was saying when it was cut.
func (s *speech) cut() error {
	err := s.settle(openapi.ItemStatusFailed)
	for _, i := range s.open {
		if err == nil {
			err = s.complete(i, openapi.ItemStatusFailed)
		}
	}
	s.open = nil
	return err
}

func (s *speech) textPart(text string) openapi.TextPart {
	p := openapi.TextPart{Text: text}
	if s.block.ResponseType != nil {
		p.ResponseType = s.block.ResponseType.Name
	}
	return p
}

func (s *speech) startCall(p provider.ToolInputStart) error {
	tool := s.agent.Tools[p.Name]
	part := openapi.ToolCallPart{
		Name: p.Name, CallID: s.unused(p.ID), Title: title(tool), Display: openapi.Display(tool.Display),
	}
	return s.start("tool "+p.ID, openapi.ItemKindToolCall, part)
}

// unused is a call's id that was not used in the session before: not all providers have such.
func (s *speech) unused(id string) string {
	unused := id
	for n := 2; s.state.calls[unused]; n++ {
		unused = fmt.Sprintf("%s_%d", id, n)
	}
	return unused
}

// title is what people see of a tool beside its name.
func title(tool protocol.Tool) string {
	switch tool.Display {
	case protocol.DisplayTitle:
		return tool.Title
	case protocol.DisplayDescription, protocol.DisplayStream:
		return tool.Description
	case protocol.DisplayHidden, protocol.DisplayName:
	}
	return ""
}

// completeCall has the whole input of a call. One that makes no sense is completed as failed.
func (s *speech) completeCall(p provider.ToolCall) error {
	i := s.take("tool " + p.ID)
	part := i.item.Content[0].Part.(openapi.ToolCallPart)
	part.Arguments = string(p.Arguments)
	if p.Malformed != "" {
		part.Arguments = p.Malformed
	}
	i.item.Content, i.item.Status = openapi.Parts(part), openapi.ItemStatusCompleted
	p.ID = part.CallID
	s.answer.calls = append(s.answer.calls, p)
	put(&s.items, p.ID, *i.item.NativeItemID)
	if s.wrong(s.thread, p, s.round) != "" {
		i.item.Status = openapi.ItemStatusFailed
	}
	return s.emit(openapi.ItemCompleted{Item: i.item})
}
