package server

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/store"
	"github.com/parleyhq/parley/server/uistream"
)

// aiSDK is the form of a stream that Vercel's AI SDK reads.
const aiSDK = "ai-sdk"

// uiStream is a turn as it is streamed to a client of the agent-sessions family.
type uiStream struct {
	run    run
	fired  bool   // the request has begun the run, or gone on with it: it stops when its client leaves
	from   uint64 // the sequence of the turn's beginning
	after  uistream.ID
	answer uint64   // the sequence up to which the client has all, where after is not known; 0 = it is
	form   string   // aiSDK, or empty
	tools  []string // of the client, where its agent may call them later than it says
}

// follow streams a turn to a client of the agent-sessions family.
func (s *Server) followUI(ctx context.Context, f *session.Follower, u uiStream) stream {
	return func(w http.ResponseWriter) error {
		f.Seek(u.from - 1)
		t := &uiTail{tail: newTail(ctx, s.ending, f), uiStream: u, legs: s.presence.legs}
		t.sdk.ClientTools = u.tools
		t.beat.every = s.cfg.Heartbeat
		t.stream = uistream.New(u.run.turn, uistream.Options{After: u.after, SessionID: u.run.session, Skipped: t.skip})
		s.presence.enter(u.run, u.fired)
		defer func() { s.presence.leave(u.run, t.over) }()
		defer t.close()
		w.Header().Set("X-Octavus-Session-Id", u.run.session)
		if u.form == aiSDK {
			w.Header().Set("X-Vercel-Ai-Ui-Message-Stream", "v1")
		}
		if t.open(w) != nil {
			return nil
		}
		return t.run()
	}
}

// uiTail is one open stream of UI events.
type uiTail struct {
	*tail
	uiStream
	legs   *legs
	stream *uistream.Stream
	sdk    uistream.AISDK
	seen   bool // what is read is what the client has from an earlier answer
	over   bool // the stream came to its end
}

func (t *uiTail) run() error {
	t.seen = t.answer > 0
	for !t.stream.Over() || t.seen {
		if !t.follower.Ready() {
			if t.send() != nil {
				return nil
			}
			t.beat.rest()
		}
		records, err := t.more(t.stream.Asks())
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			err = t.suspend()
		case err == nil:
			err = t.read(records)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	t.over = true
	if !t.stream.Waiting() {
		t.legs.over(t.uiStream.run)
	}
	_, _ = t.writer().WriteString("data: [DONE]\n\n")
	_ = t.send()
	return nil
}

// suspend ends the leg, and notes where before the client can answer.
func (t *uiTail) suspend() error {
	events := t.stream.Suspend()
	if len(events) > 0 {
		t.legs.end(t.uiStream.run, events[len(events)-1].ID)
	}
	return t.put(events)
}

func (t *uiTail) read(records []store.Record) error {
	for _, r := range records {
		var e openapi.Event
		if err := json.Unmarshal(r.JSON, &e); err != nil {
			return err
		}
		if t.seen && r.Sequence > t.answer {
			_ = t.put(t.stream.Suspend()) // the client has that, too
			t.seen = false
		}
		if err := t.put(t.stream.Event(e)); err != nil {
			return err
		}
		if t.stream.Over() && !t.seen {
			return nil
		}
	}
	return nil
}

// skip takes what the client has already: the form of the AI SDK has to know it.
func (t *uiTail) skip(u openapi.UIEvent) { t.sdk.Chunks(u) }

// put writes UI events.
func (t *uiTail) put(events []uistream.Event) error {
	for _, e := range events {
		switch {
		case t.seen:
			t.skip(e.Data)
			continue
		case t.form == aiSDK:
			for _, chunk := range t.sdk.Chunks(e.Data) {
				if err := t.frame("", chunk); err != nil {
					return err
				}
			}
			continue
		}
		if err := t.frame(e.ID.String(), e.Data); err != nil {
			return err
		}
	}
	return nil
}

// frame writes one event. A write that fails says that the client has left.
func (t *uiTail) frame(id string, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return err
	}
	out := t.writer()
	if id != "" {
		_, _ = out.WriteString("id: " + id + "\n")
	}
	_, _ = out.WriteString("data: ")
	_, _ = out.Write(body)
	if _, err := out.WriteString("\n\n"); err != nil {
		return io.EOF
	}
	return nil
}
