// Package toolserver is the MCP endpoint at which coding agents call the tools of a session's client. It imports the official
// MCP SDK and knows sessions by an interface; the server mounts it.
//
// It keeps nothing: each request is answered for the session whose key it shows, and a call lasts as long as its request.
package toolserver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/toolschema"
)

// Sessions has the tools. *session.Service implements it.
type Sessions interface {
	// ClientTools are those that the agent with this key may call; false says that there is no such agent.
	ClientTools(key string) ([]openapi.ClientTool, bool)
	// CallTool calls one and blocks for its result.
	CallTool(ctx context.Context, key, name string, args json.RawMessage) (json.RawMessage, error)
}

// Config is what the endpoint is made of. Sessions is required.
type Config struct {
	Sessions  Sessions
	Version   string
	BodyLimit int64         // largest body of a request, in bytes
	Heartbeat time.Duration // a call that waits says so often that it lives: programs give up on what is silent for minutes
}

// New makes the endpoint. A request shows its agent's key as bearer token; one without is answered by 401.
func New(c Config) http.Handler {
	options := &mcp.StreamableHTTPOptions{
		Stateless: true, Logger: slog.New(slog.DiscardHandler), MaxRequestBodyBytes: c.BodyLimit,
		DisableLocalhostProtection: true, // the key is asked for; agents in containers come by other names
	}
	handler := mcp.NewStreamableHTTPHandler(c.server, options)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := c.Sessions.ClientTools(key(r)); !ok {
			http.Error(w, "unknown key", http.StatusUnauthorized)
			return
		}
		out := &writer{ResponseWriter: w}
		defer out.close()
		handler.ServeHTTP(out, r.WithContext(context.WithValue(r.Context(), writerKey{}, out)))
	})
}

func key(r *http.Request) string {
	_, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return key
}

// server is what one request sees.
func (c Config) server(r *http.Request) *mcp.Server {
	tools, _ := c.Sessions.ClientTools(key(r))
	s := mcp.NewServer(&mcp.Implementation{Name: "parley", Version: c.Version}, &mcp.ServerOptions{
		Capabilities: &mcp.ServerCapabilities{Tools: &mcp.ToolCapabilities{}},
	})
	for _, t := range tools {
		s.AddTool(&mcp.Tool{Name: t.Name, Description: t.Description, InputSchema: t.InputSchema}, c.call(r, t))
	}
	return s
}

// call executes a tool for as long as the request that calls it is open. What went wrong is told to the model.
func (c Config) call(r *http.Request, t openapi.ClientTool) mcp.ToolHandler {
	return func(_ context.Context, call *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		if out, ok := r.Context().Value(writerKey{}).(*writer); ok {
			defer out.beat(c.Heartbeat)()
		}
		args, err := arguments(t, call.Params.Arguments)
		if err != nil {
			return failed(err), nil
		}
		value, err := c.Sessions.CallTool(r.Context(), key(r), t.Name, args)
		if err != nil {
			return failed(err), nil
		}
		return &mcp.CallToolResult{Content: text(plain(value))}, nil
	}
}

func failed(err error) *mcp.CallToolResult {
	return &mcp.CallToolResult{IsError: true, Content: text(err.Error())}
}

// arguments are a call's, by the tool's schema: the client gets no others. None are an empty object.
func arguments(t openapi.ClientTool, args json.RawMessage) (json.RawMessage, error) {
	if len(args) == 0 || string(args) == "null" {
		args = json.RawMessage("{}")
	}
	schema, err := toolschema.Parse(t.InputSchema)
	if err == nil {
		err = schema.Check(args)
	}
	if err != nil {
		return nil, fmt.Errorf("arguments: %w", err)
	}
	return args, nil
}

func text(s string) []mcp.Content { return []mcp.Content{&mcp.TextContent{Text: s}} }

// plain is a result as a model reads it: a text as it is, all else as JSON.
func plain(value json.RawMessage) string {
	var s string
	if json.Unmarshal(value, &s) == nil && string(value) != "null" {
		return s
	}
	return string(value)
}

type writerKey struct{}

var errOver = errors.New("the request is over")

// writer lets a heartbeat come between the writes of an answer, each of which is a whole event.
type writer struct {
	http.ResponseWriter
	mu   sync.Mutex
	over bool // the request is: a call may come to its end later
}

func (w *writer) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
}

// Write implements io.Writer.
func (w *writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return 0, errOver
	}
	return w.ResponseWriter.Write(p)
}

// FlushError is for http.ResponseController.
func (w *writer) FlushError() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return errOver
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// beat writes a comment now and then, until the returned function is called.
func (w *writer) beat(every time.Duration) (stop func()) {
	done := make(chan struct{})
	var over sync.WaitGroup
	over.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				if _, err := w.Write([]byte(": waiting for the client\n\n")); err == nil {
					_ = w.FlushError()
				}
			case <-done:
				return
			}
		}
	})
	return func() {
		close(done)
		over.Wait()
	}
}
