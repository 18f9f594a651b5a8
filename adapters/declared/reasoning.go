package declared

import (
	"encoding/json"

	"github.com/parleyhq/parley/adapters/internal/provider"
	"github.com/parleyhq/parley/openapi"
)

// reasoningPart is what a model thought. Its signature is all that its provider wants to have back, as JSON.
func reasoningPart(text string, m provider.Metadata) openapi.ReasoningPart {
	p := openapi.ReasoningPart{Text: text, Visibility: openapi.ReasoningVisibilityPublic}
	if text == "" && m.Redacted != "" {
		p.Visibility = openapi.ReasoningVisibilityPrivate
	}
	if m != (provider.Metadata{}) {
		signature, _ := json.Marshal(m) // texts always can
		p.Signature = string(signature)
	}
	return p
}

// metadataOf reads a signature; empty when it is none of ours.
func metadataOf(signature string) provider.Metadata {
	var m provider.Metadata
	if json.Unmarshal([]byte(signature), &m) != nil {
		return provider.Metadata{}
	}
	return m
}
