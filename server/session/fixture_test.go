package session

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store"
	"github.com/parleyhq/parley/server/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// script is what the puppet does in one turn.
type script func(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error)

// puppet is an adapter whose agents do what a test says.
type puppet struct {
	mu      sync.Mutex
	scripts map[string]script // by the message's text
	opened  []adapters.Options
	closed  int
	failing error // of Open
	says    bool  // it emits the user's messages itself
	steer   func(in adapters.Input) error
}

func (p *puppet) Info(context.Context) adapters.Info {
	return adapters.Info{
		AgentInfo: openapi.AgentInfo{ID: "puppet", Installed: true, Capabilities: openapi.AgentCapabilities{
			FileAttachments: true, Steering: true,
		}},
		Modes:           []openapi.AgentMode{{ID: "build"}, {ID: "plan"}},
		PermissionModes: map[string]string{"default": "default", "acceptEdits": "default"},
		DefaultModel:    "wood",
		SaysMessages:    p.says,
		Takes:           adapters.Takes{Model: true, Directory: true, MCP: true, Skills: true, ClientTools: true},
	}
}

func (p *puppet) Open(_ context.Context, o adapters.Options) (adapters.Agent, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opened = append(p.opened, o)
	if p.failing != nil {
		return nil, p.failing
	}
	return &puppetAgent{p: p, closing: make(chan struct{})}, nil
}

func (p *puppet) counts() (opened, closed int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.opened), p.closed
}

type puppetAgent struct {
	p       *puppet
	once    sync.Once
	closing chan struct{}
}

func (a *puppetAgent) Turn(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-a.closing:
			cancel()
		case <-ctx.Done():
		}
	}()
	a.p.mu.Lock()
	play, ok := a.p.scripts[in.Text]
	a.p.mu.Unlock()
	if !ok {
		play = echo
	}
	return play(ctx, in, h)
}

func (a *puppetAgent) Steer(_ context.Context, in adapters.Input) error {
	a.p.mu.Lock()
	steer := a.p.steer
	a.p.mu.Unlock()
	if steer == nil {
		return adapters.ErrNotSteered
	}
	return steer(in)
}

func (a *puppetAgent) Close(context.Context) error {
	a.once.Do(func() {
		close(a.closing)
		a.p.mu.Lock()
		a.p.closed++
		a.p.mu.Unlock()
	})
	return nil
}

var completed = adapters.Outcome{Status: openapi.TurnStatusCompleted}

// echo answers with the message.
func echo(_ context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	return completed, h.Emit(say("m", in.Text))
}

// hold says "holding" and waits for the interrupt.
func hold(ctx context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	if err := h.Emit(say("hold", "holding")); err != nil {
		return completed, err
	}
	<-ctx.Done()
	return adapters.Outcome{Status: openapi.TurnStatusInterrupted}, nil
}

func say(native, text string) openapi.Output {
	role := openapi.ItemRoleAssistant
	return openapi.ItemCompleted{Item: openapi.Item{
		NativeItemID: &native,
		Kind:         openapi.ItemKindMessage,
		Role:         &role,
		Status:       openapi.ItemStatusCompleted,
		Content:      openapi.Parts(openapi.TextPart{Text: text}),
	}}
}

func permit(ctx context.Context, h adapters.Host, id, action string) (openapi.PermissionReply, error) {
	p, err := h.AskPermission(adapters.PermissionRequest{ID: id, Action: action, Metadata: map[string]any{"why": "test"}})
	if err != nil {
		return "", err
	}
	return p.Wait(ctx)
}

// world is a service over a store, with the puppet as its agent.
type world struct {
	*Service
	t      testing.TB
	store  store.Store
	puppet *puppet
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, store: storetest.NewMemory(), puppet: &puppet{scripts: map[string]script{"hold": hold}}}
	w.start(Config{})
	return w
}

func (w *world) start(cfg Config) {
	cfg.Store, cfg.Adapters = w.store, append([]adapters.Adapter{w.puppet}, cfg.Adapters...)
	s, err := New(cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := s.Start(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.Service = s
	w.t.Cleanup(func() { w.stopNow(s) })
}

func (w *world) stopNow(s *Service) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		w.t.Error(err)
	}
}

func (w *world) create(id string) {
	w.t.Helper()
	if _, err := w.Create(w.t.Context(), id, openapi.CreateSessionRequest{Agent: "puppet"}, Idempotency{}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) send(id, text string) Accepted {
	w.t.Helper()
	a, err := w.Message(w.t.Context(), id, openapi.MessageRequest{Message: text}, Idempotency{})
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// await follows a session from its beginning until an event fits, and returns all events up to it.
func (w *world) await(id string, fits func(openapi.Event) bool) []openapi.Event {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	f, err := w.Follow(ctx, id, 0, false)
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	var events []openapi.Event
	for {
		records, err := f.Next(ctx)
		if err != nil {
			w.t.Fatalf("%v after\n%s", err, show(events))
		}
		for _, r := range records {
			e := decodeRecord(w.t, r)
			if events = append(events, e); fits(e) {
				return events
			}
		}
	}
}

func (w *world) awaitEnds(id string, n int) []openapi.Event {
	w.t.Helper()
	return w.await(id, func(e openapi.Event) bool {
		if e.Type() == openapi.EventTurnEnded {
			n--
		}
		return n == 0
	})
}

func typed(kind string) func(openapi.Event) bool {
	return func(e openapi.Event) bool { return e.Type() == kind }
}

func decodeRecord(t testing.TB, r store.Record) openapi.Event {
	t.Helper()
	var e openapi.Event
	if err := json.Unmarshal(r.JSON, &e); err != nil {
		t.Fatal(err)
	}
	if e.Sequence != r.Sequence || e.Type() != r.Type {
		t.Fatalf("record %d %s holds event %d %s", r.Sequence, r.Type, e.Sequence, e.Type())
	}
	return e
}

// show prints events as a test's reader wants them.
func show(events []openapi.Event) string {
	var b strings.Builder
	for _, e := range events {
		b.WriteString(line(e) + "\n")
	}
	return b.String()
}

// line is one event without what differs from run to run.
func line(e openapi.Event) string {
	who := "agent"
	if e.Synthetic {
		who = "server"
	}
	s := fmt.Sprintf("%d %s %s %s", e.Sequence, who, e.TurnID, e.Type())
	switch d := e.Data.(type) {
	case openapi.ItemDeltaData:
		s += " " + d.ItemID + " " + d.Delta
	case openapi.ItemStartedData:
		s += " " + d.Item.ItemID + " " + text(d.Item)
	case openapi.ItemCompletedData:
		s += " " + d.Item.ItemID + " " + text(d.Item)
	case openapi.TurnEndedData:
		s += " " + string(d.Status)
	case openapi.ErrorData:
		s += " " + *d.Code
	case openapi.MessageQueuedData:
		s += " " + d.Message
	case openapi.MessageDroppedData:
		s += " " + d.Message
	case openapi.PermissionRequestedData:
		s += " " + d.PermissionID
	case openapi.PermissionResolvedData:
		s += " " + d.PermissionID + " " + string(d.Status)
	case openapi.QuestionResolvedData:
		s += " " + d.QuestionID + " " + string(d.Status)
	case openapi.SessionEndedData:
		s += " " + string(d.Reason)
	}
	return s
}

func text(item openapi.Item) string {
	if len(item.Content) == 0 {
		return ""
	}
	t, _ := item.Content[0].Part.(openapi.TextPart)
	return t.Text
}

func wantLines(t testing.TB, events []openapi.Event, want ...string) {
	t.Helper()
	got := strings.TrimSuffix(show(events), "\n")
	if got != strings.Join(want, "\n") {
		t.Errorf("events\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}
