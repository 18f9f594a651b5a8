package model

import (
	"encoding/json"
	"net/http"
)

// models are those that the server says it has. It answers to any name.
var models = []string{"scripted-large", "scripted-small"}

// listModels serves the one route that two providers have in common.
func listModels(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("anthropic-version") != "" {
		listAnthropicModels(w)
		return
	}
	listOpenAIModels(w)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that left does not care
}
