package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/mock"
	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server"
	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/store/storetest"
)

// serverURL is a real server with the mock agent, for examples and for tests of the whole way.
var serverURL string

// suite runs the tests beside that server.
type suite struct{ *testing.M }

func TestMain(m *testing.M) { goleak.VerifyTestMain(suite{m}) }

// Run implements goleak.TestingM.
func (s suite) Run() int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	wait, err := serve(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := s.M.Run()
	http.DefaultClient.CloseIdleConnections()
	cancel()
	if err := wait(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// serve begins to serve until ctx ends, which wait waits for.
func serve(ctx context.Context) (wait func() error, err error) {
	log := slog.New(slog.DiscardHandler)
	sessions, err := session.New(session.Config{Store: storetest.NewMemory(), Adapters: []adapters.Adapter{mock.New(0)}, Log: log})
	if err != nil {
		return nil, err
	}
	if err := sessions.Start(ctx); err != nil {
		return nil, err
	}
	s, err := server.New(server.Config{Sessions: sessions, Log: log})
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	serverURL = "http://" + l.Addr().String()
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	return func() error { return errors.Join(<-served, sessions.Close(context.WithoutCancel(ctx))) }, nil
}

// newSession creates a session of the mock agent on the real server.
func newSession(t *testing.T, opts ...client.Option) (*client.Client, string) {
	t.Helper()
	c, err := client.New(serverURL, opts...)
	if err != nil {
		t.Fatal(err)
	}
	id := t.Name() + " %2F/é"
	if _, err := c.CreateSession(t.Context(), id, openapi.CreateSessionRequest{Agent: "mock"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.DeleteSession(context.WithoutCancel(t.Context()), id); err != nil && !errors.Is(err, client.ErrNotFound) {
			t.Error(err)
		}
	})
	return c, id
}

// TestLifeOfASession goes the whole way, under an id that must be escaped.
func TestLifeOfASession(t *testing.T) {
	t.Parallel()
	c, id := newSession(t)
	if _, err := c.CreateSession(t.Context(), id, openapi.CreateSessionRequest{Agent: "mock"}); !errors.Is(err, client.ErrExists) {
		t.Errorf("created twice: %v", err)
	}
	turn, err := collect(c.StreamMessage(t.Context(), id, hello))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.TerminateSession(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	all, err := collect(c.Events(t.Context(), id, 0))
	if last := uint64(len(all)); err != nil || !slices.Equal(all, upTo(last)) || turn[len(turn)-1] != last-1 {
		t.Errorf("got %v, %v; the turn was %v", all, err, turn)
	}
	page, err := c.GetEvents(t.Context(), id, openapi.GetEventsParams{Offset: 1})
	if err != nil || len(page.Events) != len(all)-1 {
		t.Errorf("read %d events, %v", len(page.Events), err)
	}
	if rest, err := collect(c.Events(t.Context(), id, uint64(len(all)))); err != nil || rest != nil {
		t.Errorf("after the end: %v, %v", rest, err)
	}
	if err := c.PostMessage(t.Context(), id, hello); !errors.Is(err, client.ErrInvalid) {
		t.Errorf("message after the end: %v", err)
	}
	if err := c.DeleteSession(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := collect(c.Events(t.Context(), id, 0)); !errors.Is(err, client.ErrNotFound) {
		t.Errorf("after the deletion: %v", err)
	}
}

// TestQueuedTurns sends messages side by side. Each loop must see its own turn, whole and alone.
func TestQueuedTurns(t *testing.T) {
	t.Parallel()
	c, id := newSession(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			turn := ""
			for ev, err := range c.StreamMessage(t.Context(), id, openapi.MessageRequest{Message: "demo"}) {
				if err != nil {
					t.Error(err)
					return
				}
				if turn == "" {
					turn = ev.TurnID
				}
				if ev.TurnID != turn {
					t.Errorf("%s of turn %q in the loop of %s", ev.Type(), ev.TurnID, turn)
				}
				answerRequest(t, c, ev)
			}
		})
	}
	wg.Wait()
	if info, err := c.GetSession(t.Context(), id); err != nil || info.Status != openapi.SessionStatusIdle {
		t.Errorf("%+v, %v", info, err)
	}
}

func answerRequest(t *testing.T, c *client.Client, ev openapi.Event) {
	var err error
	switch d := ev.Data.(type) {
	case openapi.PermissionRequestedData:
		err = c.ReplyPermission(t.Context(), ev.SessionID, d.PermissionID, openapi.PermissionReplyOnce)
	case openapi.QuestionRequestedData:
		err = c.ReplyQuestion(t.Context(), ev.SessionID, d.QuestionID, [][]string{{d.Options[0]}})
	}
	if err != nil && !errors.Is(err, client.ErrInvalid) { // the demo goes on without answers, and takes its requests back
		t.Error(err)
	}
}

// scissors cut every connection after some bytes, and half of the answers to what was sent before they arrive.
type scissors struct {
	after int64
	mu    sync.Mutex
	sent  int
}

func (s *scissors) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sent++; req.Method == http.MethodPost && s.sent%2 == 0 {
		_ = resp.Body.Close()
		return nil, errors.New("scissors: the answer is lost")
	}
	resp.Body = &snippet{resp.Body, s.after}
	return resp, nil
}

// TestABadConnection runs a whole conversation over a network that loses answers and cuts streams all the time.
func TestABadConnection(t *testing.T) {
	t.Parallel()
	c, id := newSession(t, fast, client.WithHTTPClient(&http.Client{Transport: &scissors{after: 2000}}))
	var got []uint64
	for _, message := range []string{"markdown", "tool", "hello"} {
		turn, err := collect(c.StreamMessage(t.Context(), id, openapi.MessageRequest{Message: message}))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, turn...)
	}
	if err := c.TerminateSession(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	all, err := collect(c.Events(t.Context(), id, 0))
	if err != nil || !slices.Equal(all, upTo(uint64(len(all)))) {
		t.Errorf("followed %v, %v", all, err)
	}
	if want := all[1 : len(all)-1]; !slices.Equal(got, want) { // without session.started and session.ended
		t.Errorf("three turns were %v, want %v", got, want)
	}
}

// snippet is a body that is cut.
type snippet struct {
	io.ReadCloser
	left int64
}

func (s *snippet) Read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, errors.New("scissors: the connection is cut")
	}
	n, err := s.ReadCloser.Read(p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	return n, err
}
