package provider

import (
	"context"
	"io"
	"mime"
	"net/http"
	"time"
)

const (
	// MaxEvent is the longest event of a stream, and the longest input of a tool call, in bytes.
	MaxEvent = 4 << 20
	// maxAnswer is the longest stream.
	maxAnswer = 64 << 20
	// maxErrorBody is how much is read of a response that is an error.
	maxErrorBody = 64 << 10
)

// guard stands between an SDK and the network. It makes an *Error of every response that is no stream, bounds what is
// read, and ends a request whose server is silent for too long.
type guard struct{ patience time.Duration }

// do is a middleware for either SDK.
func (g guard) do(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	watch := &watch{patience: g.patience, ctx: ctx, cancel: cancel}
	watch.begin()
	response, err := next(r.WithContext(ctx))
	watch.end()
	if err != nil {
		cancel(nil)
		return nil, watch.fault(err)
	}
	response.Body = &body{body: response.Body, watch: watch}
	if isStream(response) {
		return response, nil
	}
	defer response.Body.Close()
	content, _ := io.ReadAll(io.LimitReader(response.Body, maxErrorBody)) // what came of it is enough
	return nil, responseError(response, content)
}

// isStream is generous to servers that call their streams something else, but neither JSON nor a web page is one.
func isStream(r *http.Response) bool {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // empty when it cannot be read
	return isSuccess(r.StatusCode) && media != "application/json" && media != "text/html"
}

func isSuccess(status int) bool { return status/100 == 2 }
