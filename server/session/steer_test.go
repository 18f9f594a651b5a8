package session

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/mock"
	"github.com/parleyhq/parley/openapi"
)

// listen is a turn that takes messages until it is told to end.
func (p *puppet) listen() {
	said := make(chan adapters.Input)
	var host adapters.Host
	p.scripts["listen"] = func(_ context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		host = h
		if err := h.Emit(say("ready", "listening")); err != nil {
			return completed, err
		}
		for in := range said {
			if in.Text == "enough" {
				break
			}
		}
		return completed, nil
	}
	p.steer = func(in adapters.Input) error {
		role := openapi.ItemRoleUser
		native := "steered " + in.Text
		out := openapi.ItemCompleted{Item: openapi.Item{NativeItemID: &native, Kind: openapi.ItemKindMessage, Role: &role,
			Status: openapi.ItemStatusCompleted, Content: openapi.Parts(openapi.TextPart{Text: in.Text})}}
		if err := host.Emit(out); err != nil {
			return err
		}
		said <- in
		return nil
	}
}

// spoke fits the first that the agent says.
func spoke(e openapi.Event) bool {
	return e.Type() == openapi.EventItemCompleted && e.Source == openapi.EventSourceAgent
}

func steer(text string) openapi.MessageRequest {
	return openapi.MessageRequest{Message: text, Steer: true}
}

func TestSteer(t *testing.T) {
	w := newWorld(t)
	w.puppet.listen()
	w.create("s")
	first := w.send("s", "listen")
	w.await("s", spoke)
	once := Idempotency{Key: "k", Hash: []byte("h")}
	joined, err := w.Message(t.Context(), "s", steer("more"), once)
	if err != nil || !joined.Joined || joined.TurnID != first.TurnID || joined.Sequence <= first.Sequence {
		t.Fatalf("got %+v, %v", joined, err)
	}
	if again, err := w.Message(t.Context(), "s", steer("more"), once); err != nil || again != joined {
		t.Errorf("the same request again: got %+v, %v; want %+v", again, err, joined)
	}
	if _, err := w.Message(t.Context(), "s", steer("enough"), Idempotency{}); err != nil {
		t.Fatal(err)
	}
	events := w.awaitEnds("s", 1)
	var said []string
	for _, e := range events {
		d, ok := e.Data.(openapi.ItemCompletedData)
		if ok && e.TurnID == first.TurnID {
			said = append(said, text(d.Item))
		}
	}
	if want := []string{"listen", "listening", "more", "enough"}; !slices.Equal(said, want) {
		t.Errorf("said %q, want %q", said, want)
	}
}

// What the running turn does not take waits; without a turn it is one of its own.
func TestSteerThatFindsNoTurn(t *testing.T) {
	w := newWorld(t)
	w.create("s")
	if a, err := w.Message(t.Context(), "s", steer("hold"), Idempotency{}); err != nil || a.Joined || a.TurnID != "turn_1" {
		t.Fatalf("got %+v, %v", a, err)
	}
	w.await("s", spoke)
	if a, err := w.Message(t.Context(), "s", steer("late"), Idempotency{}); err != nil || a.Joined || a.TurnID != "turn_2" {
		t.Fatalf("got %+v, %v", a, err)
	}
	w.puppet.listen() // it would take it now, but one waits already
	if a, err := w.Message(t.Context(), "s", steer("later"), Idempotency{}); err != nil || a.TurnID != "turn_3" {
		t.Fatalf("got %+v, %v", a, err)
	}
	if err := w.Interrupt(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	w.awaitEnds("s", 3)
}

func TestSteerOfAnAgentThatCannot(t *testing.T) {
	w := newWorld(t)
	w.stopNow(w.Service)
	w.start(Config{Adapters: []adapters.Adapter{mock.New(0)}})
	if _, err := w.Create(t.Context(), "m", openapi.CreateSessionRequest{Agent: "mock"}, Idempotency{}); err != nil {
		t.Fatal(err)
	}
	_, err := w.Message(t.Context(), "m", steer("x"), Idempotency{})
	var refused *Error
	if !errors.As(err, &refused) || refused.Code != CodeInvalidRequest || refused.Detail != "steer: not supported by agent mock" {
		t.Errorf("got %v", err)
	}
}

func TestAttachmentsThatAreNotTaken(t *testing.T) {
	w := newWorld(t)
	w.create("s")
	send := func(a openapi.Attachment) error {
		_, err := w.Message(t.Context(), "s", openapi.MessageRequest{Message: "look", Attachments: []openapi.Attachment{a}}, Idempotency{})
		return err
	}
	var refused *Error
	if err := send(openapi.Attachment{Path: "/a/dot.png"}); !errors.As(err, &refused) || refused.Code != CodeInvalidRequest ||
		refused.Detail != "attachments: /a/dot.png is an image, and agent puppet takes none" {
		t.Errorf("got %v", err)
	}
	if err := send(openapi.Attachment{Path: "/a/notes.txt"}); err != nil {
		t.Error(err)
	}
}

// Where all places are taken by turns, a message is refused; where an agent is idle, that one gives its place.
func TestTooManyAgents(t *testing.T) {
	w := newWorld(t)
	w.stopNow(w.Service)
	w.start(Config{Agents: 1})
	for _, id := range []string{"a", "b"} {
		w.create(id)
	}
	w.send("a", "hold")
	w.await("a", spoke)
	var refused *Error
	if _, err := w.Message(t.Context(), "b", openapi.MessageRequest{Message: "x"}, Idempotency{}); !errors.As(err, &refused) || refused.Code != CodeLimitExceeded {
		t.Errorf("got %v", err)
	}
	if err := w.Interrupt(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	w.awaitEnds("a", 1)
	for i, id := range []string{"b", "a", "b"} {
		w.send(id, "x")
		w.awaitEnds(id, []int{1, 2, 2}[i])
	}
	if opened, closed := w.puppet.counts(); opened != 4 || closed != 3 {
		t.Errorf("%d agents opened, %d closed", opened, closed)
	}
}

// A caller that asks again while the agent is still being told gets the answer to the first request; the agent is told once.
func TestSteerIsHeardOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.puppet.listen()
		take := w.puppet.steer
		told, goOn := make(chan string, 2), make(chan struct{})
		w.puppet.steer = func(in adapters.Input) error {
			told <- in.Text
			<-goOn
			return take(in)
		}
		w.create("s")
		w.send("s", "listen")
		w.await("s", spoke)
		type answer struct {
			Accepted
			err error
		}
		answers := make(chan answer, 2)
		say := func(ctx context.Context) {
			a, err := w.Message(ctx, "s", steer("more"), Idempotency{Key: "k", Hash: []byte("h")})
			answers <- answer{a, err}
		}
		go say(t.Context())
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		go say(ctx)
		synctest.Wait()
		cancel()
		if a := <-answers; !errors.Is(a.err, context.Canceled) {
			t.Errorf("one who did not wait got %+v", a)
		}
		go say(t.Context())
		synctest.Wait()
		if len(told) != 1 {
			t.Errorf("the agent was told %d times", len(told))
		}
		close(goOn)
		if a, b := <-answers, <-answers; a.err != nil || a != b || !a.Joined {
			t.Errorf("got %+v and %+v", a, b)
		}
		if _, err := w.Message(t.Context(), "s", steer("enough"), Idempotency{}); err != nil {
			t.Fatal(err)
		}
		events := w.awaitEnds("s", 1)
		if last := events[len(events)-1].Data.(openapi.TurnEndedData); last.Status != openapi.TurnStatusCompleted {
			t.Errorf("got\n%s", show(events))
		}
	})
}
