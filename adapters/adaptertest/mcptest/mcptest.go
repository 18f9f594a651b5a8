// Package mcptest is a real MCP server, made of the official SDK, for tests of agents that call tools: over HTTP on loopback,
// or as a program that the test binary itself plays. Only tests import it.
//
// Its one tool, secret, answers "<Word> NAME" for {"name": "NAME"}, where the word is one that no model can guess.
package mcptest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/parleyhq/parley/openapi"
)

// Tool is the name of the server's one tool.
const Tool = "secret"

// Word begins the tool's answer.
const Word = "xyzzy-4711"

// variable makes the test binary play the server on its standard input and output.
const variable = "PARLEY_MCPTEST"

// Main plays the server where the test binary was started by the configuration of Local. TestMain calls it first.
func Main() {
	if os.Getenv(variable) == "" {
		return
	}
	err := newServer(nil).Run(context.Background(), &mcp.StdioTransport{})
	fmt.Fprintln(os.Stderr, "mcptest:", err)
	os.Exit(0)
}

// Local is the server as a program: the test binary, whose TestMain calls Main.
func Local(t testing.TB) openapi.MCPServer {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return openapi.MCPServer{Type: "local", Command: openapi.MCPCommand{self}, Env: openapi.StringMap{variable: "1"}}
}

// Server is the server over HTTP.
type Server struct {
	URL string

	mu      sync.Mutex
	headers []http.Header
	names   []string
}

// Start starts a server that ends with the test.
func Start(t testing.TB) *Server {
	s := &Server{}
	tools := newServer(s)
	handler := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return tools }, nil)
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.headers = append(s.headers, r.Header.Clone())
		s.mu.Unlock()
		handler.ServeHTTP(w, r)
	}))
	s.URL = listener.URL
	t.Cleanup(func() {
		listener.CloseClientConnections()
		listener.Close()
		for session := range tools.Sessions() { // clients that are killed do not end theirs
			_ = session.Close()
		}
	})
	return s
}

// Remote is the server's configuration.
func (s *Server) Remote() openapi.MCPServer { return openapi.MCPServer{Type: "remote", URL: s.URL} }

// Calls are the names that the tool was called with.
func (s *Server) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.names...)
}

// Headers are the headers of the requests so far.
func (s *Server) Headers() []http.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]http.Header(nil), s.headers...)
}

type input struct {
	Name string `json:"name" jsonschema:"whom to tell the secret"`
}

func newServer(s *Server) *mcp.Server {
	server := mcp.NewServer(&mcp.Implementation{Name: "parley-test", Version: "1"}, nil)
	tell := func(_ context.Context, _ *mcp.CallToolRequest, in input) (*mcp.CallToolResult, any, error) {
		if s != nil {
			s.mu.Lock()
			s.names = append(s.names, in.Name)
			s.mu.Unlock()
		}
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: Word + " " + in.Name}}}, nil, nil
	}
	mcp.AddTool(server, &mcp.Tool{Name: Tool, Description: "Tells a secret word"}, tell)
	return server
}
