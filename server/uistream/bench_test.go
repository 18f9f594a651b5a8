package uistream_test

import (
	"testing"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/uistream"
)

// BenchmarkDelta reads the deltas of a long text, as a stream and as a message.
func BenchmarkDelta(b *testing.B) {
	event := func(sequence int, data openapi.EventData) openapi.Event {
		return openapi.Event{Sequence: uint64(sequence), TurnID: "t1", Data: data}
	}
	begun := event(1, openapi.TurnStartedData{TurnID: "t1"})
	item := event(2, started(says("a")))
	b.Run("stream", func(b *testing.B) {
		s := uistream.New("t1", uistream.Options{})
		s.Event(begun)
		s.Event(item)
		b.ReportAllocs()
		for i := 3; b.Loop(); i++ {
			s.Event(event(i, delta("a", "a few words")))
		}
	})
	b.Run("message", func(b *testing.B) {
		var m uistream.Messages
		m.Add(begun)
		m.Add(item)
		b.ReportAllocs()
		for i := 3; b.Loop(); i++ {
			m.Add(event(i, delta("a", "a few words")))
		}
	})
}
