package model

import (
	"encoding/json"
	"errors"
	"net/http"
)

// routeResponses serves the part of the OpenAI Responses API that agents use.
func (s *Server) routeResponses(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/responses", s.answerResponses)
}

func (s *Server) answerResponses(w http.ResponseWriter, r *http.Request) {
	request, offered, err := readResponses(r)
	if err != nil {
		writeOpenAIError(w, http.StatusBadRequest, err.Error())
		return
	}
	s.respond(w, r, request, codex(offered), func(u usage) answer {
		return &responsesStream{sse: sse{w: w}, id: newID("resp_"), model: request.Model, usage: u, offered: offered}
	})
}

func readResponses(r *http.Request) (Request, offers, error) {
	var body struct {
		Model        string
		Instructions string
		Input        json.RawMessage
		Tools        []responsesTool
		Stream       bool
		CacheKey     string `json:"prompt_cache_key"`
		Text         struct{ Format struct{ Schema *schema } }
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return Request{}, nil, err
	}
	if !body.Stream {
		return Request{}, nil, errors.New("only streams are served here")
	}
	items, err := responsesItems(body.Input)
	if err != nil {
		return Request{}, nil, err
	}
	out := Request{
		Path: r.URL.Path, Header: r.Header.Clone(), Model: body.Model, Stream: body.Stream,
		System: body.Instructions, conversation: body.CacheKey, reply: body.Text.Format.Schema.example(),
	}
	offered := flatten("", body.Tools)
	for _, i := range items {
		offered = append(offered, flatten("", i.Tools)...)
		out.add(i)
	}
	for _, o := range offered {
		out.Tools = append(out.Tools, o.fullName())
	}
	return out, offered, nil
}

// responsesItems reads input, which is a string or a list of items.
func responsesItems(input json.RawMessage) ([]responsesItem, error) {
	var text string
	if json.Unmarshal(input, &text) == nil {
		return []responsesItem{{Type: "message", Role: "user", Content: input}}, nil
	}
	var items []responsesItem
	err := json.Unmarshal(input, &items)
	return items, err
}
