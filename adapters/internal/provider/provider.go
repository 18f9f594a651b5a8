// Package provider calls models: one request, one streamed answer, in the same words whoever the model is from.
//
// It imports the standard library, environ and the official SDKs of Anthropic (Messages API) and of OpenAI (chat
// completions, which many other servers speak too). adapters/declared calls it; which tools there are, who runs them and
// when a model is called again is that package's business.
//
// A Registry finds the Provider of a model. What a Provider streams is put together by one assembly (assembly.go), read
// from the events of one API (anthropic_stream.go, openai_stream.go), which come through one guard on the connection
// (guard.go) and are tried again by one policy (retry.go).
package provider

import (
	"context"
	"encoding/json"
	"iter"
)

// Provider calls models. Its methods are safe for concurrent use.
type Provider interface {
	// Stream calls a model once. The parts end with a Finish; or with an error, a *Error or ctx's, with which no part comes
	// and which nothing follows. Every start has its end, also before an error. Leaving the loop or cancelling ctx ends the
	// request and its connection. Every range over the result is a call of its own.
	Stream(ctx context.Context, r Request) iter.Seq2[Part, error]
}

// Request is one call of a model.
type Request struct {
	Model    string // the provider's own id, as Registry.Find returns it
	System   string
	Messages []Message
	Tools    []Tool
	// Temperature nil is the provider's default. The ranges differ: Anthropic takes 0 to 1, and none with Thinking, where
	// it is left out; its newest models and OpenAI's reasoning models refuse any.
	Temperature *float64
	Thinking    Thinking
	// MaxTokens bounds the answer; room for thinking is added to it. 0 is the provider's default, and 16,384 for Anthropic,
	// which has none.
	MaxTokens int
	Output    *Output     // nil for free text
	OnRetry   func(Retry) // called before each wait, may be nil
}

// Tool is a tool that the model may call.
type Tool struct {
	Name        string
	Description string
	Schema      json.RawMessage // JSON schema of the arguments, an object; nil for none
}

// Output asks for text that is JSON and fits a schema. Both APIs have their own way to hold a model to that
// (output_config.format and response_format), which takes objects only: any other schema is put into the instructions,
// and the answer may miss it. Anthropic takes objects with "additionalProperties": false only; OpenAI is strict where
// they also require every property.
type Output struct {
	Name   string // letters, digits, "_" and "-", at most 64
	Schema json.RawMessage
}

// Thinking is how much a model thinks before it answers.
type Thinking string

// What Thinking can be. Anthropic's models before 4.6 get a budget of 5,000, 10,000 or 20,000 tokens; later ones, which
// take no budget, and those of OpenAI get the word as their effort.
const (
	ThinkingNone   Thinking = ""
	ThinkingLow    Thinking = "low"
	ThinkingMedium Thinking = "medium"
	ThinkingHigh   Thinking = "high"
)

// budgets are the tokens of thinking, which also make the room for it.
var budgets = map[Thinking]int{ThinkingNone: 0, ThinkingLow: 5_000, ThinkingMedium: 10_000, ThinkingHigh: 20_000}
