package model

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// routeAnthropic serves the part of the Anthropic Messages API that agents use.
func (s *Server) routeAnthropic(mux *http.ServeMux) {
	mux.HandleFunc("HEAD /{$}", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /v1/messages", s.answerAnthropic)
	mux.HandleFunc("POST /v1/messages/count_tokens", s.countAnthropicTokens)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeAnthropicError(w, http.StatusNotFound, "no such route: "+r.Method+" "+r.URL.Path)
	})
}

func (s *Server) answerAnthropic(w http.ResponseWriter, r *http.Request) {
	request, err := readAnthropic(r)
	if err != nil {
		writeAnthropicError(w, http.StatusBadRequest, err.Error())
		return
	}
	s.respond(w, r, request, claudeCode, func(u usage) answer {
		if request.Stream {
			return newAnthropicStream(w, request.Model, u)
		}
		return newAnthropicMessage(w, request.Model, u)
	})
}

// countAnthropicTokens takes four bytes for a token.
func (s *Server) countAnthropicTokens(w http.ResponseWriter, r *http.Request) {
	n, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		writeAnthropicError(w, http.StatusBadRequest, err.Error())
		return
	}
	writeJSON(w, http.StatusOK, object{"input_tokens": n / 4})
}

func listAnthropicModels(w http.ResponseWriter) {
	list := []object{}
	for _, id := range models {
		list = append(list, object{"type": "model", "id": id, "display_name": id, "created_at": "2026-01-01T00:00:00Z"})
	}
	writeJSON(w, http.StatusOK, object{"data": list, "has_more": false, "first_id": models[0], "last_id": models[len(models)-1]})
}

func readAnthropic(r *http.Request) (Request, error) {
	var body struct {
		Model    string
		System   json.RawMessage
		Messages []struct {
			Role    string
			Content json.RawMessage
		}
		Tools    []struct{ Name string }
		Stream   bool
		Metadata struct {
			UserID string `json:"user_id"`
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return Request{}, err
	}
	if len(body.Messages) == 0 {
		return Request{}, errors.New("messages: at least one message is required")
	}
	out := Request{
		Path: r.URL.Path, Header: r.Header.Clone(), Model: body.Model, Stream: body.Stream,
		System: plainText(body.System), conversation: body.Metadata.UserID,
	}
	for _, t := range body.Tools {
		out.Tools = append(out.Tools, t.Name)
	}
	for _, m := range body.Messages {
		out.Messages = append(out.Messages, Message{Role: m.Role, Parts: anthropicParts(m.Content)})
	}
	return out, nil
}

type anthropicBlock struct {
	Type      string
	Text      string
	Thinking  string
	ID        string
	Name      string
	Input     json.RawMessage
	ToolUseID string `json:"tool_use_id"`
	Content   json.RawMessage
	IsError   bool `json:"is_error"`
	Source    struct {
		MediaType string `json:"media_type"`
		Data      string
		URL       string
	}
}

// anthropicParts reads content, which is a string or a list of blocks.
func anthropicParts(content json.RawMessage) []Part {
	var text string
	if json.Unmarshal(content, &text) == nil {
		return []Part{{Kind: "text", Text: text}}
	}
	var blocks []anthropicBlock
	_ = json.Unmarshal(content, &blocks) // what is neither has no parts
	var parts []Part
	for _, b := range blocks {
		p := Part{Kind: b.Type, Text: b.Text + b.Thinking, Name: b.Name, ID: b.ID + b.ToolUseID, IsError: b.IsError}
		switch b.Type {
		case "tool_use":
			p.Text = string(b.Input)
		case "tool_result":
			p.Text = plainText(b.Content)
		case "image":
			p.Text = cmp.Or(b.Source.URL, dataURL(b.Source.MediaType, b.Source.Data))
		}
		parts = append(parts, p)
	}
	return parts
}

func plainText(content json.RawMessage) string { return partsText(anthropicParts(content)) }

var anthropicErrors = map[int]string{
	400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error",
	413: "request_too_large", 429: "rate_limit_error", 529: "overloaded_error",
}

func anthropicError(status int, text string) object {
	kind, known := anthropicErrors[status]
	if !known {
		kind = "api_error"
	}
	return object{"type": "error", "error": object{"type": kind, "message": text}, "request_id": newID("req_")}
}

func writeAnthropicError(w http.ResponseWriter, status int, text string) {
	writeJSON(w, status, anthropicError(status, text))
}
