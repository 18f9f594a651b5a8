package server

import (
	"context"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// steerable is an agent whose turn ends with the message that is steered into it.
type steerable struct {
	bare
	begun   chan struct{} // gets a token when a turn runs
	steered chan string
}

func (s steerable) Info(ctx context.Context) adapters.Info {
	info := s.bare.Info(ctx)
	info.Capabilities.Steering = true
	return info
}

func (s steerable) Open(context.Context, adapters.Options) (adapters.Agent, error) {
	return &steered{begun: s.begun, said: s.steered, hosts: make(chan adapters.Host, 1)}, nil
}

type steered struct {
	begun chan struct{}
	said  chan string
	hosts chan adapters.Host
}

func (s *steered) Turn(ctx context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	s.hosts <- h
	s.begun <- struct{}{}
	select {
	case <-s.said:
		return adapters.Outcome{Status: openapi.TurnStatusCompleted}, nil
	case <-ctx.Done():
		return adapters.Outcome{Status: openapi.TurnStatusInterrupted}, nil
	}
}

func (s *steered) Steer(_ context.Context, in adapters.Input) error {
	role, native := openapi.ItemRoleUser, "steered"
	item := openapi.Item{
		NativeItemID: &native, Kind: openapi.ItemKindMessage, Role: &role, Status: openapi.ItemStatusCompleted,
		Content: openapi.Parts(openapi.TextPart{Text: in.Text}),
	}
	if err := (<-s.hosts).Emit(openapi.ItemCompleted{Item: item}); err != nil {
		return err
	}
	s.said <- in.Text
	return nil
}

func (s *steered) Close(context.Context) error { return nil }

// The stream of a message that joins a turn begins with it and ends with the turn.
func TestStreamOfASteeredMessage(t *testing.T) {
	agent := steerable{bare{"new", true}, make(chan struct{}, 1), make(chan string)}
	w := start(t, withAgent(agent))
	w.post("/v1/sessions/s", `{"agent":"new"}`).want(200)
	w.post("/v1/sessions/s/messages", `{"message":"begin"}`).want(204)
	<-agent.begun
	a := w.post("/v1/sessions/s/messages/stream", `{"message":"and more","steer":true}`).want(200)
	var types []string
	for line := range strings.Lines(string(a.body)) {
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			types = append(types, decodeAs[openapi.Event](t, []byte(data)).Type())
		}
	}
	if got, want := strings.Join(types, " "), "item.started item.completed turn.ended"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
