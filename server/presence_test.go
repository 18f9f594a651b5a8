package server

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
)

// A turn that was begun over /v1 goes on when somebody who looked at it over /api leaves.
func TestOnlookerLeaves(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.post("/v1/sessions/s", `{"agent":"mock"}`).want(200)
	turn := w.trigger("s", saying("slow 30")) // longer than a client is waited for
	turn.until(openapi.EventItemDelta)
	look := w.open("GET", "/api/agent-sessions/s/stream", "")
	if _, err, ok := look.next(); err != nil || !ok {
		t.Fatal("no answer", err)
	}
	look.close()
	events := turn.rest()
	if end := events[len(events)-1].Data.(openapi.TurnEndedData); end.Status != openapi.TurnStatusCompleted {
		t.Errorf("got %+v", end)
	}
}

// A stream that is taken up where a leg has ended tells that it lives, and goes on when somebody gives the results.
func TestStreamBetweenLegs(t *testing.T) {
	t.Parallel()
	w := start(t, func(c *Config, _ *session.Config) { c.Heartbeat = 10 * time.Millisecond })
	s := w.agentSession()
	leg := string(w.post(s+"/trigger", userMessage("call tool confirm {}")).want(200).body)
	i := strings.LastIndex(leg, "id: ") + len("id: ")
	last, _, _ := strings.Cut(leg[i:], "\n")
	stream, err := http.DefaultClient.Do(w.request("GET", s+"/stream", "", "Last-Event-ID", last))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	lines := bufio.NewScanner(stream.Body)
	for range 5 {
		if !lines.Scan() || lines.Text() != ":" || !lines.Scan() {
			t.Fatalf("no heartbeat: %q, %v", lines.Text(), lines.Err())
		}
	}
	w.post(s+"/trigger", giving("mock_1_call_1", 1).json(t)).want(200)
	var told []string
	for lines.Scan() {
		if text := lines.Text(); strings.HasPrefix(text, "data: ") {
			told = append(told, text)
		}
	}
	if len(told) < 2 || !strings.Contains(told[0], `"type":"start"`) || told[len(told)-1] != "data: [DONE]" {
		t.Errorf("it goes on with %q", told)
	}
}
