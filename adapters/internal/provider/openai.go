package provider

import (
	"context"
	"net/http"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/ssestream"
)

// openAIAPI is the chat completions API, of OpenAI or of a server that speaks it too.
type openAIAPI struct {
	name       string
	compatible bool // with OpenAI, and not OpenAI itself
	chat       openai.ChatCompletionService
}

// newOpenAI makes the service itself: the SDK's client would read the environment of the process.
func newOpenAI(name string, e Endpoint, client *http.Client, g guard) *openAIAPI {
	options := []option.RequestOption{
		option.WithEnvironmentProduction(), option.WithHTTPClient(client), option.WithMiddleware(g.do), option.WithMaxRetries(0),
	}
	if e.BaseURL != "" {
		options = append(options, option.WithBaseURL(e.BaseURL))
	}
	if e.Key != "" {
		options = append(options, option.WithAPIKey(e.Key))
	}
	return &openAIAPI{name: name, compatible: name != openAIName, chat: openai.NewChatCompletionService(options...)}
}

// open takes the response as it is. The SDK's stream would take "error": null, which servers send, for an error, and
// keep half of what a real one says to itself.
func (p *openAIAPI) open(ctx context.Context, r Request) (events, error) {
	params, err := p.params(r)
	if err != nil {
		return nil, err
	}
	var response *http.Response
	_, err = p.chat.New(ctx, params, option.WithJSONSet("stream", true), option.WithResponseBodyInto(&response))
	if err != nil {
		return nil, err
	}
	return &openAIEvents{provider: p.name, decoder: ssestream.NewDecoder(response), calls: map[int64]*openAICall{}}, nil
}
