package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/google/uuid"

	"github.com/parleyhq/parley/client/raw"
)

// CallOption changes one call. The methods that heed one are named with it; the others ignore it.
type CallOption func(*callOptions)

type callOptions struct {
	key    string
	raw    bool
	asSent bool
	tools  Tools
}

// IdempotencyKey names a create, message, trigger or reply, so that it is heard once even when the program that sends it is
// started again: for 24 hours the same request under the same key gets the first answer. Without it every call has a
// key of its own.
func IdempotencyKey(key string) CallOption { return func(o *callOptions) { o.key = key } }

// IncludeRaw fills the Raw of the events of Events, StreamEvents, StreamMessage and TriggerSession with the agent's own
// payload.
func IncludeRaw() CallOption { return func(o *callOptions) { o.raw = true } }

// AsSent lets StreamMessage and TriggerSession end where the server's stream does: also after an error, agent.unparsed,
// permission.requested or question.requested, and when nothing more comes while the agent waits for tools (after a cut: at the
// first tool.requested). The turn goes on, and can be followed by Events.
func AsSent() CallOption { return func(o *callOptions) { o.asSent = true } }

// options applies opts, and chooses a key where none is given.
func (c *Client) options(opts []CallOption) callOptions {
	var o callOptions
	for _, opt := range opts {
		opt(&o)
	}
	if o.key == "" && !c.keyless {
		o.key = uuid.NewString()
	}
	return o
}

// op is what must be known of a request to send it, and to send it again.
type op struct {
	ids      []string // in its path
	key      string   // Idempotency-Key
	harmless bool     // a second arrival changes nothing more
	once     bool     // its body is gone when it was sent
}

// harmless is a request that may arrive twice: it changes nothing, or the same.
func harmless(ids ...string) op { return op{ids: ids, harmless: true} }

// keyed is a request that the server knows again by its key.
func (c *Client) keyed(opts []CallOption, ids ...string) op {
	key := c.options(opts).key
	return op{ids: ids, key: key, harmless: key != ""}
}

// check refuses ids that no path can carry: they would name another path.
func (o op) check() error {
	for _, id := range o.ids {
		if id == "" || id == "." || id == ".." {
			return fmt.Errorf("%w: %q is no id", ErrInvalid, id)
		}
	}
	return nil
}

// headers sets the headers of a request. The generated client sends a key even when it is empty.
func (o op) headers(_ context.Context, req *http.Request) error {
	req.Header.Del("Idempotency-Key")
	if o.key != "" {
		req.Header.Set("Idempotency-Key", o.key)
	}
	return nil
}

// edit changes a request before it is sent.
type edit = raw.RequestEditorFn

// send is one call of the generated client.
type send func(ctx context.Context, e edit) (*http.Response, error)

// call sends a request until it is answered, and returns the answer.
func call[T any](ctx context.Context, c *Client, o op, s send) (T, error) {
	var answer T
	err := c.do(ctx, o, s, &answer)
	return answer, err
}

// do sends a request until it is answered, and reads the answer into a pointer; nil where there is nothing to read.
func (c *Client) do(ctx context.Context, o op, s send, answer any) error {
	if err := o.check(); err != nil {
		return err
	}
	t := tries{retry: c.retry, op: o}
	for {
		err := exchange(ctx, o, s, answer)
		if err == nil {
			return nil
		}
		if err := t.again(ctx, err); err != nil {
			return err
		}
	}
}

// open sends a request until it is answered, and returns the answer as it comes. The caller closes it.
func (c *Client) open(ctx context.Context, o op, s send) (io.ReadCloser, error) {
	t := tries{retry: c.retry, op: o}
	for {
		resp, err := s(ctx, o.headers)
		if err == nil && resp.StatusCode/100 == 2 {
			return resp.Body, nil
		}
		if err == nil {
			err = readError(resp)
			_ = resp.Body.Close()
		}
		if err := t.again(ctx, err); err != nil {
			return nil, err
		}
	}
}

// exchange sends a request once.
func exchange(ctx context.Context, o op, s send, answer any) error {
	resp, err := s(ctx, o.headers)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode/100 != 2 {
		return readError(resp)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("%w: %w", errCut, err)
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(body, answer); err != nil {
		return fmt.Errorf("parley: unreadable answer: %w", err)
	}
	return nil
}
