package provider

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/packages/ssestream"
)

// openAIEvents reads the chunks of chat completions, of which there are many dialects.
type openAIEvents struct {
	provider string
	decoder  ssestream.Decoder
	calls    map[int64]*openAICall // the newest of each index
	all      []*openAICall
	refused  bool
}

func (e *openAIEvents) close() { _ = e.decoder.Close() }

func (e *openAIEvents) next(a *assembly) error {
	for e.decoder.Next() {
		data := bytes.ToValidUTF8(bytes.TrimSpace(e.decoder.Event().Data), []byte("\uFFFD"))
		if string(data) == "[DONE]" {
			return e.done(a)
		}
		if len(data) > 0 {
			return e.read(a, data)
		}
	}
	if err := e.decoder.Err(); err != nil {
		return err
	}
	return io.EOF
}

// done ends an answer for which no reason came.
func (e *openAIEvents) done(a *assembly) error {
	if a.reason == "" {
		if err := e.finish(a, ""); err != nil {
			return err
		}
	}
	return io.EOF
}

func (e *openAIEvents) read(a *assembly, data []byte) error {
	// Most chunks tell of no error, and need not be read for one.
	if bytes.Contains(data, []byte(`"error"`)) {
		if found, is := readFault(data); is {
			return eventError(found)
		}
	}
	var chunk openai.ChatCompletionChunk
	if err := json.Unmarshal(data, &chunk); err != nil {
		return err
	}
	if chunk.JSON.Usage.Valid() {
		a.count(openAIUsage(chunk.Usage))
	}
	for _, choice := range chunk.Choices {
		if err := e.choice(a, choice); err != nil {
			return err
		}
	}
	return nil
}

func (e *openAIEvents) choice(a *assembly, c openai.ChatCompletionChunkChoice) error {
	e.think(a, c.Delta)
	e.refused = e.refused || c.Delta.Refusal != ""
	if text := c.Delta.Content + c.Delta.Refusal; text != "" {
		a.add(a.flowing(textBlock), text)
	}
	for _, delta := range c.Delta.ToolCalls {
		if err := e.call(a, delta); err != nil {
			return err
		}
	}
	if c.FinishReason != "" && a.reason == "" {
		return e.finish(a, c.FinishReason)
	}
	return nil
}

// reasoningFields are where compatible servers put reasoning. OpenAI shows none in this API.
var reasoningFields = []string{"reasoning_content", "reasoning"}

func (e *openAIEvents) think(a *assembly, delta openai.ChatCompletionChunkChoiceDelta) {
	for _, field := range reasoningFields {
		var thought string
		if json.Unmarshal([]byte(delta.JSON.ExtraFields[field].Raw()), &thought) != nil || thought == "" {
			continue
		}
		b := a.flowing(reasoningBlock)
		b.metadata = Metadata{Provider: e.provider, Field: field}
		a.add(b, thought)
		return
	}
}

// finish ends what came. The usage may come after it.
func (e *openAIEvents) finish(a *assembly, reason string) error {
	if slices.ContainsFunc(e.all, func(c *openAICall) bool { return c.block == nil }) {
		return nameless()
	}
	a.end(a.flow)
	for _, c := range e.all {
		a.end(c.block)
	}
	a.reason = openAIReason(reason, e.refused)
	return nil
}
