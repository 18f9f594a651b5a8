package provider

import (
	"cmp"
	"errors"
	"io"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/packages/ssestream"
)

// anthropicEvents reads the events of the Messages API, of which new ones may come at any time: they are ignored.
type anthropicEvents struct {
	stream *ssestream.Stream[anthropic.MessageStreamEventUnion]
	blocks map[int64]*block // by index
}

func (e *anthropicEvents) close() { _ = e.stream.Close() }

func (e *anthropicEvents) next(a *assembly) error {
	if e.stream.Next() {
		return e.read(a, e.stream.Current())
	}
	err := e.stream.Err()
	if err == nil {
		return io.EOF
	}
	if told := (*anthropic.Error)(nil); errors.As(err, &told) {
		found, _ := readFault([]byte(told.RawJSON()))
		found.requestID = cmp.Or(found.requestID, told.RequestID)
		return eventError(found)
	}
	return err
}

func (e *anthropicEvents) read(a *assembly, event anthropic.MessageStreamEventUnion) error {
	switch event.Type {
	case "message_start":
		a.count(anthropicUsage(event.Message.Usage))
	case "content_block_start":
		return e.start(a, event.Index, event.ContentBlock)
	case "content_block_delta":
		return e.add(a, event.Index, event.Delta)
	case "content_block_stop":
		a.end(e.blocks[event.Index])
	case "message_delta":
		a.count(anthropicDeltaUsage(event.Usage))
		a.reason = cmp.Or(anthropicReason(event.Delta.StopReason), a.reason)
	case "message_stop":
		a.reason = cmp.Or(a.reason, FinishOther)
		return io.EOF
	}
	return nil
}
