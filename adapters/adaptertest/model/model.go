// Package model is a scripted model provider on loopback, for tests that run real agents: what the "model" says and
// which tools it calls stands in the message that the user sends.
//
// It speaks four protocols at once, told apart by their routes, each with the tools of the agent that is tested with it:
//
//	Anthropic Messages      Claude Code   base URL is URL
//	OpenAI Responses        Codex         base URL is URL + "/v1", streams only
//	OpenAI chat completions OpenCode      base URL is URL + "/v1", streams only
//	Gemini                  Gemini CLI    base URL is URL
//
// It imports the standard library only. Only tests use it. The script is in script.go, verbs.go, acts.go and perform.go and
// knows no provider and no agent; a provider's protocol is one answer (answer.go) and its routes, as in anthropic*.go,
// and an agent's tools are one toolbox, as in tools_claude.go.
//
// A script is the newest text of the user, one instruction a line. A backslash and an n stand for a new line in it, but
// in run and tool.
//
//	say TEXT                      a text
//	think TEXT                    a thinking block; where the provider knows summaries of thoughts, a summary
//	reason TEXT                   a thinking block; where the provider knows summaries of thoughts, the thoughts themselves
//	run COMMAND                   calls the agent's shell tool
//	escalate COMMAND              the same, and asks to leave the agent's sandbox where the tool can ask for that
//	write PATH CONTENT            calls its tool that writes a file
//	read PATH                     calls its tool that reads a file
//	edit PATH OLD => NEW          calls its tool that edits a file
//	ask QUESTION | A | B          asks the user; more questions after " ;; ", each may begin with "multi "
//	plan TEXT                     proposes a plan, or sets the list of what is to do: a line is a step, "[x] " before it
//	                              says that it is done, "[-] " that it is being done
//	tool NAME JSON                calls any tool
//	and INSTRUCTION               a tool call in the same response as the one before it
//	result                        says "done: " and the text of the last tool result
//	slow N MS                     a text of N pieces "tick1 ", "tick2 ", ..., MS milliseconds apart
//	burst N                       a text of N tiny pieces "1 ", "2 ", ..., as fast as possible
//	big BYTES                     a text of that size in one piece, in which nothing repeats: Gemini CLI ends turns that do
//	usage INPUT OUTPUT [CACHED [REASONING]]
//	                              the tokens that this response reports, as they are: some providers' INPUT contains CACHED
//	                              (OpenAI's, Gemini's), some one's OUTPUT contains REASONING (OpenAI's), Anthropic has none
//	error STATUS [xN] TEXT        answers with that status, N times (else for ever), then says "recovered after N errors"
//	cut [xN] TEXT                 says TEXT and drops the connection, N times (else for ever), then only says TEXT
//	hang                          says nothing more until the client leaves
//
// A response runs up to the next tool call, the request with the call's result goes on behind it. The place is counted
// from the calls in the request, so that one server serves any number of conversations and survives agents that resume.
// A script that ends with a tool call is followed by a "result". A script that comes while another one runs takes its
// place. Errors are counted by conversation and place; where the provider has no name for a conversation (Gemini), its
// first message stands for it.
//
// Not every tool can do everything: Codex's edit, and OpenCode's for models named gpt-*, replaces whole lines, and a tool
// that the agent does not offer is called all the same, for the agent to refuse. The tool of an MCP server is called by
// the name that the agent gives it: mcp__SERVER__TOOL in Claude Code and Codex, SERVER_TOOL in OpenCode,
// mcp_SERVER_TOOL in Gemini CLI.
//
// A request whose newest text does not begin with an instruction (a title, a quota check) gets a short answer, in the
// form that it asks for, if any; so does one without tools by chat completions or Gemini, which repeats the user's text.
package model

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
)

// keepRequests bounds what is kept for assertions: one request of a real agent is some 100 KB.
const keepRequests = 1000

// Server is a model provider on 127.0.0.1.
type Server struct {
	URL string // without a trailing slash; agents take it as base URL

	closing chan struct{}

	mu       sync.Mutex
	requests []Request
	arrived  chan struct{}  // closed and replaced at every request
	failures map[string]int // errors answered so far, by conversation and place in the script
}

// Request is a model request as the server understood it.
type Request struct {
	Path     string
	Header   http.Header
	Model    string
	System   string
	Messages []Message
	Tools    []string // the names of the tools offered
	Stream   bool
	Scripted bool // false for requests that no script stands in

	conversation string // the provider's name for the conversation, may be empty
	aside        bool   // for something beside the conversation: no script stands in it, whatever its texts say
	reply        string // to what no script stands in; else something short
}

// Message is one message of a request.
type Message struct {
	Role  string // user or assistant
	Parts []Part
}

// Part is a piece of a message.
type Part struct {
	Kind    string // text, thinking, image, tool_use, tool_result, or what else the provider calls it
	Text    string // the text, the result's text, the call's input as JSON, or the image's URL, mostly a data URL
	Name    string // the tool of a tool_use
	ID      string // the id of a tool_use, or the one that a tool_result answers
	IsError bool   // of a tool_result
}

// Start starts a server that ends with the test.
func Start(t testing.TB) *Server {
	s := &Server{closing: make(chan struct{}), arrived: make(chan struct{}), failures: make(map[string]int)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/models", listModels)
	s.routeAnthropic(mux)
	s.routeResponses(mux)
	s.routeChat(mux)
	s.routeGemini(mux)
	listener := httptest.NewServer(mux)
	s.URL = listener.URL
	t.Cleanup(func() {
		close(s.closing)
		listener.CloseClientConnections()
		listener.Close()
	})
	return s
}

// Requests are the model requests so far in the order of their arrival, of very many the newest 1,000.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Await blocks for the first request, of those already here and those to come, that match accepts. match must not
// call the server.
func (s *Server) Await(ctx context.Context, match func(Request) bool) (Request, error) {
	for {
		s.mu.Lock()
		at := slices.IndexFunc(s.requests, match)
		if at >= 0 {
			defer s.mu.Unlock()
			return s.requests[at], nil
		}
		arrived := s.arrived
		s.mu.Unlock()
		select {
		case <-arrived:
		case <-ctx.Done():
			return Request{}, ctx.Err()
		}
	}
}

func (s *Server) record(r Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.requests) == keepRequests {
		s.requests = slices.Delete(s.requests, 0, 1)
	}
	s.requests = append(s.requests, r)
	close(s.arrived)
	s.arrived = make(chan struct{})
}

// failure counts one more error at a place in a script and says which one it is, from 1.
func (s *Server) failure(place string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures[place]++
	return s.failures[place]
}
