package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Do sends a request of the caller's own: to a path that begins with a slash and may have a query, with headers and a body that
// may be nil. It is sent once, with the token. Every status is an answer; the caller closes its body, and ctx bounds the
// reading of it.
func (c *Client) Do(ctx context.Context, method, path string, header http.Header, body io.Reader) (*http.Response, error) {
	if !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("%w: the path %q does not begin with a slash", ErrInvalid, path)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.raw.Server, "/")+path, body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	for _, edit := range c.raw.RequestEditors {
		if err := edit(ctx, req); err != nil {
			return nil, err
		}
	}
	for name, values := range header {
		req.Header[name] = values
	}
	return c.raw.Client.Do(req)
}
