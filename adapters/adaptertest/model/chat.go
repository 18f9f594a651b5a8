package model

import (
	"encoding/json"
	"errors"
	"net/http"
)

// routeChat serves the part of the OpenAI chat completions API that agents use with other providers' models.
func (s *Server) routeChat(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/chat/completions", s.answerChat)
}

func (s *Server) answerChat(w http.ResponseWriter, r *http.Request) {
	request, countTokens, err := readChat(r)
	if err != nil {
		writeOpenAIError(w, http.StatusBadRequest, err.Error())
		return
	}
	s.respond(w, r, request, openCode(request.Tools), func(u usage) answer {
		out := &chatStream{sse: sse{w: w}, id: newID("chatcmpl-"), model: request.Model}
		if countTokens {
			out.usage = &u
		}
		return out
	})
}

// readChat also says whether the client wants to know about usage.
func readChat(r *http.Request) (Request, bool, error) {
	var body struct {
		Model    string
		Messages []chatMessage
		Tools    []struct{ Function struct{ Name string } }
		Stream   bool
		Options  struct {
			IncludeUsage bool `json:"include_usage"`
		} `json:"stream_options"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return Request{}, false, err
	}
	if !body.Stream {
		return Request{}, false, errors.New("only streams are served here")
	}
	out := Request{
		Path: r.URL.Path, Header: r.Header.Clone(), Model: body.Model, Stream: body.Stream,
		conversation: r.Header.Get("X-Session-Id"),
	}
	for _, t := range body.Tools {
		out.Tools = append(out.Tools, t.Function.Name)
	}
	for _, m := range body.Messages {
		out.addMessage(m.Role, m.parts())
	}
	// Titles and summaries are asked for with the user's own text in a message of its own, but never with tools.
	out.aside = len(out.Tools) == 0
	return out, body.Options.IncludeUsage, nil
}

type chatMessage struct {
	Role      string
	Content   json.RawMessage
	Reasoning string `json:"reasoning_content"`
	ToolCalls []struct {
		ID       string
		Function struct{ Name, Arguments string }
	} `json:"tool_calls"`
	ToolCallID string `json:"tool_call_id"`
}

func (m chatMessage) parts() []Part {
	content := chatParts(m.Content)
	if m.Role == "tool" {
		return toolResult(m.ToolCallID, content)
	}
	var parts []Part
	if m.Reasoning != "" {
		parts = append(parts, Part{Kind: "thinking", Text: m.Reasoning})
	}
	parts = append(parts, content...)
	for _, c := range m.ToolCalls {
		parts = append(parts, Part{Kind: "tool_use", ID: c.ID, Name: c.Function.Name, Text: c.Function.Arguments})
	}
	return parts
}

// chatParts reads content, which is null, a string or a list of parts.
func chatParts(content json.RawMessage) []Part {
	var text *string
	if json.Unmarshal(content, &text) == nil {
		if text == nil {
			return nil
		}
		return []Part{{Kind: "text", Text: *text}}
	}
	var list []struct {
		Type     string
		Text     string
		ImageURL struct{ URL string } `json:"image_url"`
	}
	_ = json.Unmarshal(content, &list) // what is neither has no parts
	var parts []Part
	for _, p := range list {
		if p.Type == "image_url" {
			p.Type = "image"
		}
		parts = append(parts, Part{Kind: p.Type, Text: p.Text + p.ImageURL.URL})
	}
	return parts
}
