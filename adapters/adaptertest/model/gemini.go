package model

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// routeGemini serves the part of the Gemini API that agents use.
func (s *Server) routeGemini(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1beta/models/{call}", func(w http.ResponseWriter, r *http.Request) {
		model, method, _ := strings.Cut(r.PathValue("call"), ":")
		switch method {
		case "generateContent", "streamGenerateContent":
			s.answerGemini(w, r, model, method == "streamGenerateContent")
		case "countTokens":
			countGeminiTokens(w, r)
		default:
			writeGeminiError(w, http.StatusNotFound, "no such method: "+method)
		}
	})
}

func (s *Server) answerGemini(w http.ResponseWriter, r *http.Request, model string, stream bool) {
	request, err := readGemini(r)
	if err != nil {
		writeGeminiError(w, http.StatusBadRequest, err.Error())
		return
	}
	request.Model, request.Stream = model, stream
	s.respond(w, r, request, geminiCLI, func(u usage) answer {
		return &geminiAnswer{sse: sse{w: w}, id: newID(""), model: model, usage: u, stream: stream}
	})
}

// countGeminiTokens takes four bytes for a token.
func countGeminiTokens(w http.ResponseWriter, r *http.Request) {
	n, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		writeGeminiError(w, http.StatusBadRequest, err.Error())
		return
	}
	writeJSON(w, http.StatusOK, object{"totalTokens": n / 4})
}

func readGemini(r *http.Request) (Request, error) {
	var body struct {
		SystemInstruction geminiContent
		Contents          []geminiContent
		Tools             []struct {
			FunctionDeclarations []struct{ Name string }
		}
		GenerationConfig struct{ ResponseJSONSchema, ResponseSchema *schema }
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return Request{}, err
	}
	out := Request{Path: r.URL.Path, Header: r.Header.Clone(), System: partsText(body.SystemInstruction.parts())}
	for _, t := range body.Tools {
		for _, f := range t.FunctionDeclarations {
			out.Tools = append(out.Tools, f.Name)
		}
	}
	for _, c := range body.Contents {
		role := c.Role
		if role == "model" {
			role = "assistant"
		}
		out.Messages = append(out.Messages, Message{Role: role, Parts: c.parts()})
	}
	// The agent asks for routes, corrections and summaries with the conversation before its question, but never with tools.
	out.aside = len(out.Tools) == 0
	out.reply = cmp.Or(body.GenerationConfig.ResponseJSONSchema, body.GenerationConfig.ResponseSchema).example()
	return out, nil
}

type geminiContent struct {
	Role  string
	Parts []geminiPart
}

type geminiPart struct {
	Text         string
	Thought      bool
	FunctionCall *struct {
		ID, Name string
		Args     json.RawMessage
	}
	FunctionResponse *struct {
		ID, Name string
		Response json.RawMessage
	}
	InlineData *struct{ MimeType, Data string }
}

func (c geminiContent) parts() []Part {
	var parts []Part
	for _, p := range c.Parts {
		parts = append(parts, p.part())
	}
	return parts
}

func (p geminiPart) part() Part {
	switch {
	case p.FunctionCall != nil:
		return Part{Kind: "tool_use", ID: p.FunctionCall.ID, Name: p.FunctionCall.Name, Text: string(p.FunctionCall.Args)}
	case p.FunctionResponse != nil:
		return geminiResult(p.FunctionResponse.ID, p.FunctionResponse.Name, p.FunctionResponse.Response)
	case p.InlineData != nil:
		kind, _, _ := strings.Cut(p.InlineData.MimeType, "/")
		return Part{Kind: kind, Text: dataURL(p.InlineData.MimeType, p.InlineData.Data)}
	case p.Thought:
		return Part{Kind: "thinking", Text: p.Text}
	}
	return Part{Kind: "text", Text: p.Text}
}

// geminiResult reads a response, whose member output or error is the text where it has one.
func geminiResult(id, name string, response json.RawMessage) Part {
	var known struct{ Output, Error *string }
	_ = json.Unmarshal(response, &known) // a response may be anything
	out := Part{Kind: "tool_result", ID: id, Name: name, Text: string(response), IsError: known.Error != nil}
	switch {
	case known.Error != nil:
		out.Text = *known.Error
	case known.Output != nil:
		out.Text = *known.Output
	}
	return out
}
