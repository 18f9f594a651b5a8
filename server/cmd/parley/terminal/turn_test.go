package terminal

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

// endless is a turn that does not stop, whatever it is told. It begins when begin is closed.
func endless(ctx context.Context, begin <-chan struct{}) iter.Seq2[openapi.Event, error] {
	return func(yield func(openapi.Event, error) bool) {
		<-begin
		if yield(openapi.Event{TurnID: "t", Data: openapi.TurnStartedData{}}, nil) {
			<-ctx.Done()
		}
	}
}

// TestCtrlC interrupts a turn the first time, not before it is the one that runs, and leaves it the second time.
func TestCtrlC(t *testing.T) {
	t.Parallel()
	begin := make(chan struct{})
	interrupted := make(chan string, 8)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-begin:
			interrupted <- r.URL.Path
		default:
			interrupted <- "somebody else's turn"
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer s.Close()
	c, err := client.New(s.URL, client.WithHTTPClient(s.Client()))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	keys := make(chan os.Signal)
	shown := make(chan openapi.Event, 8)
	played := make(chan error)
	notes := newConsole(&bytes.Buffer{})
	turn := &turn{
		client: c, session: "s", notes: notes, reply: &policy{notes: notes}, interrupts: keys, show: func(ev openapi.Event) { shown <- ev },
	}
	go func() { played <- turn.play(ctx, endless(ctx, begin)) }()
	keys <- os.Interrupt // before the turn has begun: another one may run
	close(begin)
	<-shown
	if path := <-interrupted; path != "/v1/sessions/s/interrupt" {
		t.Errorf("interrupted %s", path)
	}
	keys <- os.Interrupt
	exit, ok := errors.AsType[*Exit](<-played)
	if !ok || exit.Code != exitInterrupted || exit.Text != "" {
		t.Errorf("left with %+v", exit)
	}
	if len(interrupted) > 0 {
		t.Error("interrupted twice")
	}
}
