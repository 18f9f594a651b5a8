package model

import "net/http"

// answer is one response in a provider's protocol, as a stream or in one piece. After fail or end nothing follows.
type answer interface {
	open(b block)                 // begins a block
	delta(piece string)           // adds to the block: text, or a call's input
	close()                       // ends the block
	fail(status int, text string) // ends the response with an error
	end()                         // ends the response
	flush() error                 // puts out what was written; fails when the client is gone
}

// block is a text, a thinking block or, when tool is set, a call of that tool.
type block struct {
	thinking bool
	raw      bool // of a thinking block: the thoughts themselves, where the provider tells them from a summary
	tool     string
}

// toolbox names an agent's tool for a call and makes its input: what becomes JSON, or freeform.
type toolbox func(call) (tool string, input any)

// freeform is the input of a tool that takes a text in place of JSON.
type freeform string

// respond answers a request and records it.
func (s *Server) respond(w http.ResponseWriter, r *http.Request, request Request, tools toolbox, begin func(usage) answer) {
	play := request.script()
	s.record(request)
	if err := s.perform(r.Context(), request, play, tools, begin(play.usage())); err != nil {
		// The server's own way to drop a connection without a word.
		panic(http.ErrAbortHandler)
	}
}
