package opencode

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// begin hands the message over. Nothing was said before it returns an error.
func (t *turn) begin(ctx context.Context, in adapters.Input) error {
	a, s := t.agent, t.server
	ctx, cancel := s.whileAlive(ctx)
	defer cancel()
	if err := t.feed.wait(ctx); err != nil {
		return err
	}
	first := a.catalog == nil
	if first {
		c, err := s.readCatalog(ctx, a.directory)
		if err != nil {
			return err
		}
		a.catalog = a.adapter.remember(place{a.program, a.directory}, c)
	}
	replay, err := a.session(ctx, s, in)
	if err != nil {
		return err
	}
	id := newMessageID(time.Now())
	t.convert = newConverter(a.native, id)
	t.convert.client = a.options.ClientNames(mcpToolName)
	t.name()
	if first && in.Number == 1 {
		t.remarks(ctx)
	}
	if err := errors.Join(ctx.Err(), t.failed); err != nil {
		return err
	}
	t.feed.subscribe(a.native, t.queue)
	// Not cut short by an interrupt at once: it would not be known whether the program has the message.
	ctx, cancel = outlasting(ctx, a.adapter.config.InterruptTimeout)
	defer cancel()
	return s.call(ctx, http.MethodPost, "/session/"+a.native+"/prompt_async", a.directory, a.prompt(id, in, replay), nil)
}

// outlasting is a context that ends some time after another one.
func outlasting(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(d, cancel)
		context.AfterFunc(longer, func() { timer.Stop() })
	})
	return longer, func() {
		stop()
		cancel()
	}
}

// notBegun ends a turn whose message was not taken.
func (t *turn) notBegun(ctx context.Context, err error) (adapters.Outcome, error) {
	refused := (*apiError)(nil)
	data := openapi.ErrorData{Message: err.Error(), Code: new("agent_error")}
	switch {
	case ctx.Err() != nil:
		return interrupted, nil
	case errors.As(err, &refused):
		data.Message, data.Details = refused.Message, map[string]any{"error": refused.Name}
	case t.server.endsSoon():
		return adapters.Outcome{}, t.exit()
	}
	t.emit(openapi.Failure{Data: data})
	return adapters.Outcome{Status: openapi.TurnStatusFailed}, nil
}

// name tells the host OpenCode's name for the session when it has changed.
func (t *turn) name() {
	a := t.agent
	if a.told != a.native {
		a.told = a.native
		t.emit(openapi.NativeSession{ID: a.native})
	}
}
