package provider

import (
	"context"
	"net/http"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
)

// anthropicAPI is the Messages API.
type anthropicAPI struct{ messages anthropic.MessageService }

// newAnthropic makes the service itself: the SDK's client would read the environment of the process.
func newAnthropic(e Endpoint, client *http.Client, g guard) *anthropicAPI {
	options := []option.RequestOption{
		option.WithEnvironmentProduction(), option.WithHTTPClient(client), option.WithMiddleware(g.do),
		option.WithMaxRetries(0), option.WithoutOpenTelemetry(),
	}
	if e.BaseURL != "" {
		options = append(options, option.WithBaseURL(e.BaseURL))
	}
	if e.Key != "" {
		options = append(options, option.WithAPIKey(e.Key))
	}
	return &anthropicAPI{messages: anthropic.NewMessageService(options...)}
}

func (p *anthropicAPI) open(ctx context.Context, r Request) (events, error) {
	params, err := anthropicParams(r)
	if err != nil {
		return nil, err
	}
	stream := p.messages.NewStreaming(ctx, params)
	if err := stream.Err(); err != nil {
		return nil, err
	}
	return &anthropicEvents{stream: stream, blocks: map[int64]*block{}}, nil
}
