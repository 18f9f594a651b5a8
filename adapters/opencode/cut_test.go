package opencode

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// A stream that is cut is opened again, and what it has not said is looked up: nothing is lost, nothing said twice.
func TestStreamThatIsCut(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	for range 3 {
		said := r.says("cut", openapi.TurnStatusCompleted)
		if got := messages(said); got != "one two three four\nand so on" {
			t.Errorf("got %q", got)
		}
		if got := toolOutputs(said); got != "unheard" {
			t.Errorf("got %q", got)
		}
	}
}

func TestStreamThatIsCutAtTheEnd(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	if got := messages(r.says("say heard\ngone", openapi.TurnStatusCompleted)); got != "heard\nunheard words" {
		t.Errorf("got %q", got)
	}
	if got := messages(r.says("say on", openapi.TurnStatusCompleted)); got != "on" {
		t.Errorf("got %q", got)
	}
}

// What was asked while nobody heard it is asked, and what was taken back is taken back.
func TestRequestsWhileTheStreamIsCut(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	turn := r.host.Turn(t, r.agent, "cutask")
	withdrawn := turn.AwaitType(t, openapi.EventPermissionResolved, 1).Data.(openapi.PermissionResolvedData)
	if withdrawn.Status != openapi.PermissionStatusReject || withdrawn.Metadata["command"] != "touch first" {
		t.Errorf("got %+v", withdrawn)
	}
	if asked := r.permit(turn, 2, openapi.PermissionReplyOnce); asked.Metadata["command"] != "touch unheard" {
		t.Errorf("got %+v", asked)
	}
	r.ends(turn, openapi.TurnStatusCompleted)
	if n := r.asked(); n != 2 {
		t.Errorf("asked %d times", n)
	}
}

// A host that is so slow that events are dropped gets them all the same.
func TestQueueThatIsFull(t *testing.T) {
	const n = maxQueue * 2
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	resume := r.host.Stall()
	defer resume()
	turn := r.host.Turn(t, r.agent, fmt.Sprintf("burst %d\nsay after it\nstreams", n))
	r.host.AwaitOutputs(t, 1)
	r.awaitFull()
	resume()
	said := r.ends(turn, openapi.TurnStatusCompleted)
	if got := messages(said); !strings.HasPrefix(got, "tick0 tick1 ") || !strings.HasSuffix(got, fmt.Sprintf("tick%d \nafter it\n1", n-1)) {
		t.Errorf("got %.50q ... %q", got, got[max(0, len(got)-50):])
	}
}

// awaitFull waits until the turn's queue has dropped something.
func (r *running) awaitFull() {
	r.t.Helper()
	for !r.isFull() {
		select {
		case <-r.t.Context().Done():
			r.t.Fatal("the queue is not full")
		default:
		}
	}
}

func (r *running) isFull() bool {
	s := r.server()
	s.mu.Lock()
	feed := s.feeds[r.agent.directory]
	s.mu.Unlock()
	feed.mu.Lock()
	defer feed.mu.Unlock()
	for _, q := range feed.queues {
		q.mu.Lock()
		n := len(q.entries)
		full := n > maxQueue && q.entries[n-1].gap
		q.mu.Unlock()
		if full {
			return true
		}
	}
	return false
}

func TestQueue(t *testing.T) {
	q := newQueue()
	for range maxQueue + 10 {
		q.put(entry{raw: []byte("x")})
	}
	<-q.wake
	got := q.take()
	if len(got) != maxQueue+1 || !got[maxQueue].gap || got[maxQueue-1].gap {
		t.Errorf("got %d entries", len(got))
	}
	if q.put(entry{}); len(q.take()) != 1 {
		t.Error("it is not empty after it was taken from")
	}
}

func TestReadData(t *testing.T) {
	for stream, want := range map[string][]string{
		"event: message\ndata: {\"a\":1}\n\ndata:{\"b\":2}\r\n\r\n": {`{"a":1}`, `{"b":2}`},
		": comment\nid: 7\n\n\n\ndata: x\ndata: y\n\n":              {"x\ny"},
		"data: half":                                   nil,
		"data: whole, but not ended\n":                 nil,
		"data: " + strings.Repeat("x", 1<<20) + "\n\n": {strings.Repeat("x", 1<<20)},
	} {
		lines := bufio.NewReader(strings.NewReader(stream))
		var got []string
		for {
			data, err := readData(lines, maxEvent)
			if err != nil {
				break
			}
			got = append(got, string(data))
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%.50q: got %.50q", stream, got)
		}
	}
	for _, endless := range []string{"data: x\n", "x"} {
		if _, err := readData(bufio.NewReader(endlessly(endless)), 1<<20); !errors.Is(err, errTooLong) {
			t.Errorf("got %v", err)
		}
	}
}

// endlessly repeats a text.
func endlessly(text string) io.Reader {
	again := func() io.Reader { return strings.NewReader(text) }
	return &repeated{again, again()}
}

type repeated struct {
	again func() io.Reader
	now   io.Reader
}

func (r *repeated) Read(p []byte) (int, error) {
	n, err := r.now.Read(p)
	if err != nil {
		r.now, err = r.again(), nil
	}
	return n, err
}

func FuzzReadData(f *testing.F) {
	f.Add([]byte("event: message\ndata: {\"a\":1}\n\ndata:{\"b\":2}\r\n\r\n"))
	f.Add([]byte(": comment\n\ndata: x\ndata: y\n\ndata"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		lines := bufio.NewReaderSize(bytes.NewReader(stream), 16)
		for {
			data, err := readData(lines, maxEvent)
			if err != nil {
				return
			}
			if len(data) == 0 || len(data) > len(stream) {
				t.Errorf("got %q", data)
			}
			if e, err := parse(data); err == nil && e.Type == "" {
				t.Errorf("got an event without a type of %q", data)
			}
		}
	})
}
