package model

import (
	"bytes"
	"fmt"
	"net/http"
)

type object = map[string]any

// streamBuffer is how much a stream holds back between two flushes.
const streamBuffer = 32 << 10

// sse writes server-sent events. Nothing is sent, not even a status, before begin.
type sse struct {
	w     http.ResponseWriter
	out   bytes.Buffer
	begun bool
}

// begin reports whether this is the first call.
func (s *sse) begin() bool {
	if s.begun {
		return false
	}
	s.begun = true
	s.w.Header().Set("Content-Type", "text/event-stream")
	s.w.Header().Set("Cache-Control", "no-cache")
	return true
}

// event writes an event; many providers give theirs no name.
func (s *sse) event(name string, data []byte) {
	if name != "" {
		fmt.Fprintf(&s.out, "event: %s\n", name)
	}
	fmt.Fprintf(&s.out, "data: %s\n\n", data)
	if s.out.Len() > streamBuffer {
		_ = s.write() // the next flush fails too
	}
}

func (s *sse) flush() error {
	if !s.begun {
		return nil
	}
	if err := s.write(); err != nil {
		return err
	}
	return http.NewResponseController(s.w).Flush()
}

func (s *sse) write() error {
	_, err := s.out.WriteTo(s.w)
	return err
}
