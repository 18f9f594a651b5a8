package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

// How often the server is killed, and how many sessions are written to meanwhile.
const (
	kills        = 25
	busySessions = 6
)

// TestKill kills the server again and again while clients write and read, and then finds every event that anybody was told
// of once, in order, without a gap.
func TestKill(t *testing.T) {
	t.Parallel()
	s := newServer(t, "--mock-delay", "1ms", "--max-queue", "50")
	s.start()
	l := newLoad(t, s)
	l.begin()
	for range kills {
		l.awaitReads(rand.IntN(500)) // the moment of the kill is what is tried
		s.kill()
		s.start()
	}
	l.end()
	for i := range busySessions {
		l.verify(i)
	}
	s.stop()
	t.Log(parley(t, "check", "--data-dir", s.data)) // a fault would be an exit code
}

// load is what clients do: writers whose messages are acknowledged, readers who follow.
type load struct {
	t      *testing.T
	client *client.Client
	stop   context.Context
	cancel context.CancelFunc
	all    sync.WaitGroup

	mu    sync.Mutex
	acked []map[string]bool   // acknowledged messages by session
	seen  []map[uint64]string // followed events by session
	reads int
	grown sync.Cond // reads has
}

func newLoad(t *testing.T, s *server) *load {
	l := &load{t: t, client: s.client(client.WithRetry(client.Retry{Attempts: 10_000, Min: 10 * time.Millisecond, Max: 100 * time.Millisecond}))}
	l.stop, l.cancel = context.WithCancel(t.Context())
	l.grown.L = &l.mu
	for range busySessions {
		l.acked = append(l.acked, map[string]bool{})
		l.seen = append(l.seen, map[uint64]string{})
	}
	return l
}

func (l *load) begin() {
	for i := range busySessions {
		if _, err := l.client.CreateSession(l.t.Context(), name(i), openapi.CreateSessionRequest{Agent: "mock"}); err != nil {
			l.t.Fatal(err)
		}
		l.all.Go(func() { l.write(i) })
		l.all.Go(func() { l.read(i) })
	}
}

func (l *load) end() {
	l.cancel()
	l.all.Wait()
}

func name(i int) string { return fmt.Sprint("session ", i) }

// write posts one message after another. A message is tried until it is acknowledged, under one idempotency key.
func (l *load) write(i int) {
	for n := 0; l.stop.Err() == nil; n++ {
		text := fmt.Sprintf("echo message %d of %d", n, i)
		if n%5 == 4 {
			text = fmt.Sprintf("burst %d", 200+n) // many events in one turn
		}
		err := l.client.PostMessage(l.t.Context(), name(i), openapi.MessageRequest{Message: text})
		if err != nil {
			l.t.Errorf("session %d: %v", i, err)
			return
		}
		l.mu.Lock()
		l.acked[i][text] = true
		l.mu.Unlock()
	}
}

// read follows and remembers what it was told.
func (l *load) read(i int) {
	for e, err := range l.client.Events(l.stop, name(i), 0) {
		if err != nil {
			if l.stop.Err() == nil {
				l.t.Errorf("session %d: %v", i, err)
			}
			return
		}
		l.mu.Lock()
		if l.seen[i][e.Sequence] != "" {
			l.t.Errorf("session %d: event %d came twice", i, e.Sequence)
		}
		l.seen[i][e.Sequence] = encode(l.t, e)
		l.reads++
		l.grown.Broadcast()
		l.mu.Unlock()
	}
}

// awaitReads waits until so many more events were read.
func (l *load) awaitReads(more int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for target := l.reads + more; l.reads < target && !l.t.Failed(); {
		l.grown.Wait()
	}
}

func encode(t *testing.T, e openapi.Event) string {
	t.Helper()
	b, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// verify waits until the session has run all that it was given, and holds its log against what clients know.
func (l *load) verify(i int) {
	l.t.Helper()
	log := l.settled(i)
	messages, open := map[string]int{}, ""
	for n, e := range log {
		if e.Sequence != uint64(n+1) {
			l.t.Fatalf("session %d: event %d stands at %d", i, e.Sequence, n+1)
		}
		if known := l.seen[i][e.Sequence]; known != "" && known != encode(l.t, e) {
			l.t.Errorf("session %d: event %d was shown as\n%s\nand is\n%s", i, e.Sequence, known, encode(l.t, e))
		}
		delete(l.seen[i], e.Sequence)
		switch d := e.Data.(type) {
		case openapi.TurnStartedData:
			if open != "" {
				l.t.Errorf("session %d: %s began before %s ended", i, e.TurnID, open)
			}
			open = e.TurnID
		case openapi.TurnEndedData:
			if open != e.TurnID {
				l.t.Errorf("session %d: %s ended in %q", i, e.TurnID, open)
			}
			open = ""
		case openapi.ItemCompletedData:
			if d.Item.Role != nil && *d.Item.Role == openapi.ItemRoleUser {
				messages[d.Item.Content[0].Part.(openapi.TextPart).Text]++
			}
		}
	}
	if len(l.seen[i]) > 0 {
		l.t.Errorf("session %d: %d events that were shown are gone", i, len(l.seen[i]))
	}
	for text := range l.acked[i] {
		if messages[text] != 1 {
			l.t.Errorf("session %d: acknowledged message %q is there %d times", i, text, messages[text])
		}
	}
	l.t.Logf("session %d: %d events, %d messages acknowledged", i, len(log), len(l.acked[i]))
}

// settled reads the log of a session that has nothing to do any more.
func (l *load) settled(i int) []openapi.Event {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), 2*time.Minute)
	defer cancel()
	if err := l.client.PostMessage(ctx, name(i), openapi.MessageRequest{Message: "echo the last one"}); err != nil {
		l.t.Fatal(err)
	}
	last := ""
	for e, err := range l.client.Events(ctx, name(i), 0) {
		if err != nil {
			l.t.Fatal(err)
		}
		if d, ok := e.Data.(openapi.ItemCompletedData); ok && d.Item.Role != nil && *d.Item.Role == openapi.ItemRoleUser &&
			d.Item.Content[0].Part.(openapi.TextPart).Text == "echo the last one" {
			last = e.TurnID
		}
		if e.Type() == openapi.EventTurnEnded && e.TurnID == last {
			break
		}
	}
	page, err := l.client.GetEvents(ctx, name(i), openapi.GetEventsParams{})
	if err != nil {
		l.t.Fatal(err)
	}
	return page.Events
}
