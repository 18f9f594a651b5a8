package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
	"net/http"
	"time"

	"github.com/tmaxmax/go-sse"

	"github.com/parleyhq/parley/openapi"
)

// maxFrame bounds one event on a stream. An item may hold a file.
const maxFrame = 64 << 20

var (
	// errCut says that a connection ended before what it carried did.
	errCut = errors.New("parley: connection cut")
	// errSilent is the cause of a cut of our own.
	errSilent = errors.New("nothing was heard for too long")
	// errUnreadable says that what came is no event. It may be half of one, which a new connection mends.
	errUnreadable = errors.New("parley: unreadable event")
	// errOver says that a session has ended and everything was seen.
	errOver = errors.New("parley: session over")
)

// A stream is one connection that carries events.
type stream struct {
	ctx    context.Context // of the request; its cause tells why the body ended
	cancel context.CancelCauseFunc
	body   io.ReadCloser
}

// openStream sends a request that is answered by a stream.
func (c *Client) openStream(ctx context.Context, o op, s send) (*stream, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	resp, err := s(ctx, o.streamHeaders) //nolint:bodyclose // the stream closes it
	if err == nil {
		err = checkStream(resp)
	}
	if err != nil {
		cancel(nil)
		return nil, err
	}
	body := &watched{ReadCloser: resp.Body, silence: c.silence}
	if c.silence > 0 {
		body.timer = time.AfterFunc(c.silence, func() { cancel(errSilent) })
		body.timer.Stop()
	}
	return &stream{ctx, cancel, body}, nil
}

func (o op) streamHeaders(ctx context.Context, req *http.Request) error {
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Accept-Encoding", "identity") // a proxy that compresses would hold frames back
	return o.headers(ctx, req)
}

// checkStream closes the body of what is not a stream.
func checkStream(resp *http.Response) (err error) {
	defer func() {
		if err != nil {
			_ = resp.Body.Close()
		}
	}()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNoContent:
		return errOver
	default:
		return readError(resp)
	}
	if t, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); t != "text/event-stream" {
		return fmt.Errorf("parley: the answer is not a stream of events but %q", t)
	}
	return nil
}

// events yields the events of the connection and closes it. An error is the last thing yielded, and no error says that the
// connection was closed in order, which need not be the end of anything.
func (s *stream) events() iter.Seq2[openapi.Event, error] {
	return func(yield func(openapi.Event, error) bool) {
		defer s.close()
		for frame, err := range sse.Read(s.body, &sse.ReadConfig{MaxEventSize: maxFrame}) {
			if err != nil {
				yield(openapi.Event{}, s.failure(err))
				return
			}
			if frame.Data == "" {
				continue
			}
			var ev openapi.Event
			if err := json.Unmarshal([]byte(frame.Data), &ev); err != nil {
				yield(openapi.Event{}, fmt.Errorf("%w: %w", errUnreadable, err))
				return
			}
			if !yield(ev, nil) {
				return
			}
		}
	}
}

// failure says why the body could not be read to its end.
func (s *stream) failure(err error) error {
	if errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("parley: an event is longer than %d bytes", maxFrame)
	}
	if cause := context.Cause(s.ctx); cause != nil {
		err = cause
	}
	return fmt.Errorf("%w: %w", errCut, err)
}

func (s *stream) close() {
	s.cancel(nil)
	_ = s.body.Close()
}

// watched is a body that ends when it was waited for too long.
type watched struct {
	io.ReadCloser
	silence time.Duration
	timer   *time.Timer // runs while a Read waits; nil = waits without end
}

// Read returns when a line is complete: the parser looks through the whole of an unfinished frame at each Read, and a
// frame of megabytes comes in small pieces.
func (w *watched) Read(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, err = w.wait(p[n:])
		n += m
		if bytes.IndexByte(p[n-m:n], '\n') >= 0 {
			break
		}
	}
	return n, err
}

func (w *watched) wait(p []byte) (int, error) {
	if w.timer != nil {
		w.timer.Reset(w.silence)
		defer w.timer.Stop()
	}
	return w.ReadCloser.Read(p)
}

// ended tells whether nothing can follow an event in its log.
func ended(ev openapi.Event) bool {
	d, ok := ev.Data.(openapi.SessionEndedData)
	return ok && d.Reason == openapi.SessionEndReasonTerminated && d.TerminatedBy == openapi.EventSourceDaemon
}
