package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"github.com/tmaxmax/go-sse"

	"github.com/parleyhq/parley/openapi"
)

// doneFrame ends a UI stream.
const doneFrame = "[DONE]"

// uiEvents yields the UI events of one answer. It is sent when the loop begins, and again only while nothing was heard and the
// request may arrive twice.
func (c *Client) uiEvents(ctx context.Context, o op, s send) iter.Seq2[openapi.UIEvent, error] {
	return func(yield func(openapi.UIEvent, error) bool) {
		stream, err := c.openUI(ctx, o, s)
		switch {
		case errors.Is(err, errOver):
			return
		case err != nil:
			yield(openapi.UIEvent{}, err)
			return
		}
		stream.ui(yield)
	}
}

func (c *Client) openUI(ctx context.Context, o op, s send) (*stream, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	t := tries{retry: c.retry, op: o}
	for {
		stream, err := c.openStream(ctx, o, s)
		if err == nil || errors.Is(err, errOver) {
			return stream, err
		}
		if err := t.again(ctx, err); err != nil {
			return nil, err
		}
	}
}

// ui yields the UI events of the connection and closes it.
func (s *stream) ui(yield func(openapi.UIEvent, error) bool) {
	defer s.close()
	for frame, err := range sse.Read(s.body, &sse.ReadConfig{MaxEventSize: maxFrame}) {
		switch {
		case err != nil:
			yield(openapi.UIEvent{}, s.failure(err))
			return
		case frame.Data == doneFrame:
			return
		case frame.Data == "":
			continue
		}
		var ev openapi.UIEvent
		if err := json.Unmarshal([]byte(frame.Data), &ev); err != nil {
			yield(openapi.UIEvent{}, fmt.Errorf("%w: %w", errUnreadable, err))
			return
		}
		if !yield(ev, nil) {
			return
		}
	}
	yield(openapi.UIEvent{}, errCut)
}
