package model

import (
	"encoding/json"
	"net/http"
	"strings"
)

// geminiAnswer answers with server-sent events or in one piece: the two have the same form.
type geminiAnswer struct {
	sse
	id, model string
	usage     usage
	stream    bool
	block     block
	text      strings.Builder // of the open block
	parts     []any           // what is to come in one piece
}

func (g *geminiAnswer) open(b block) {
	if g.stream {
		g.begin()
	}
	g.block = b
	g.text.Reset()
}

// inPieces says whether the open block may come in pieces. A call and a thought come whole.
func (g *geminiAnswer) inPieces() bool { return g.stream && g.block.tool == "" && !g.block.thinking }

func (g *geminiAnswer) delta(piece string) {
	g.text.WriteString(piece)
	if g.inPieces() {
		g.chunk("", g.part(piece))
	}
}

func (g *geminiAnswer) close() {
	part := g.part(g.text.String())
	switch {
	case !g.stream:
		g.parts = append(g.parts, part)
	case !g.inPieces():
		g.chunk("", part)
	}
}

func (g *geminiAnswer) part(text string) object {
	switch {
	case g.block.tool != "":
		return object{"functionCall": object{"id": newID("call_"), "name": g.block.tool, "args": json.RawMessage(text)}}
	case g.block.thinking:
		return object{"text": text, "thought": true}
	}
	return object{"text": text}
}

func (g *geminiAnswer) chunk(finish string, parts ...any) {
	data, _ := json.Marshal(g.response(finish, parts)) // maps, strings and JSON: cannot fail
	g.event("", data)
}

func (g *geminiAnswer) response(finish string, parts []any) object {
	candidate := object{"index": 0, "content": object{"role": "model", "parts": parts}}
	if finish != "" {
		candidate["finishReason"] = finish
	}
	return object{"candidates": []any{candidate}, "usageMetadata": geminiUsage(g.usage), "modelVersion": g.model, "responseId": g.id}
}

func (g *geminiAnswer) fail(status int, text string) {
	if !g.begun {
		writeGeminiError(g.w, status, text)
		return
	}
	data, _ := json.Marshal(geminiError(status, text))
	g.event("", data)
}

func (g *geminiAnswer) end() {
	if !g.stream {
		writeJSON(g.w, http.StatusOK, g.response("STOP", g.parts))
		return
	}
	g.begin()
	g.chunk("STOP", object{"text": ""})
}

func geminiUsage(u usage) object {
	return object{
		"promptTokenCount": u.input, "candidatesTokenCount": u.output, "cachedContentTokenCount": u.cached,
		"thoughtsTokenCount": u.reasoning, "totalTokenCount": u.input + u.output + u.reasoning,
	}
}

var geminiErrors = map[int]string{
	400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED",
	499: "CANCELLED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED", 529: "UNAVAILABLE",
}

func geminiError(status int, text string) object {
	kind, known := geminiErrors[status]
	if !known {
		kind = "UNKNOWN"
	}
	return object{"error": object{"code": status, "message": text, "status": kind}}
}

func writeGeminiError(w http.ResponseWriter, status int, text string) {
	writeJSON(w, status, geminiError(status, text))
}
