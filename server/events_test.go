package server

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
)

const echoTurn = "turn.started item.started item.completed item.started item.delta item.completed turn.ended"

// said plays a whole turn.
func (w *world) said(id, message string) {
	w.t.Helper()
	w.open("POST", "/v1/sessions/"+id+"/messages/stream", fmt.Sprintf(`{"message":%q}`, message)).rest()
}

// played plays a turn without HTTP.
func (w *world) played(id, message string) {
	w.t.Helper()
	accepted, err := w.sessions.Message(w.t.Context(), id, openapi.MessageRequest{Message: message}, session.Idempotency{})
	if err != nil {
		w.t.Fatal(err)
	}
	f, err := w.sessions.Follow(w.t.Context(), id, accepted.Sequence, false)
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	for {
		records, err := f.Next(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		if records[len(records)-1].Type == openapi.EventTurnEnded {
			return
		}
	}
}

func sequences(events []openapi.Event) string {
	var all []string
	for _, e := range events {
		all = append(all, decimal(e.Sequence))
	}
	return strings.Join(all, " ")
}

func TestPages(t *testing.T) {
	w := start(t)
	w.session("s")
	w.said("s", "hello")
	for _, c := range []struct {
		query, sequences string
		more             bool
	}{
		{"", "1 2 3 4 5 6 7 8", false},
		{"?offset=0", "1 2 3 4 5 6 7 8", false},
		{"?offset=5", "6 7 8", false},
		{"?offset=8", "", false},
		{"?offset=9", "", false},
		{"?offset=9223372036854775807", "", false},
		{"?limit=3", "1 2 3", true},
		{"?limit=8", "1 2 3 4 5 6 7 8", false},
		{"?limit=100", "1 2 3 4 5 6 7 8", false},
		{"?offset=2&limit=2", "3 4", true},
		{"?limit=0", "", true},
		{"?offset=8&limit=0", "", false},
		{"?limit=0&include_raw=true", "", true},
	} {
		for _, path := range []string{"/v1/sessions/s/events", "/v1/sessions/s/get-messages"} {
			page := decodeAs[openapi.EventsResponse](t, w.get(path+c.query).want(200).body)
			if got := sequences(page.Events); got != c.sequences || page.HasMore != c.more || page.Events == nil {
				t.Errorf("%s%s: %q, more %t", path, c.query, got, page.HasMore)
			}
		}
	}
}

// TestBytes compares the three ways to read an event: they send the same bytes.
func TestBytes(t *testing.T) {
	w := start(t)
	w.session("s")
	w.said("s", "unparsed")
	for _, raw := range []bool{false, true} {
		query := fmt.Sprintf("?include_raw=%t", raw)
		page, err := w.sessions.Events(t.Context(), "s", 0, nil, raw)
		if err != nil {
			t.Fatal(err)
		}
		var stored []string
		withRaw := 0
		for _, r := range page.Records {
			stored = append(stored, string(eventJSON(r, raw)))
			if !strings.HasSuffix(stored[len(stored)-1], `"raw":null}`) {
				withRaw++
			}
		}
		if (withRaw > 0) != raw {
			t.Fatalf("raw %t: %d events have a payload", raw, withRaw)
		}
		if got, want := string(w.get("/v1/sessions/s/events"+query).body), `{"events":[`+strings.Join(stored, ",")+`],"hasMore":false}`+"\n"; got != want {
			t.Errorf("page\n%s\nwant\n%s", got, want)
		}
		stream := w.open("GET", "/v1/sessions/s/events/sse"+strings.Replace(query, "include_raw", "includeRaw", 1), "")
		for i, want := range stored {
			frame, err, ok := stream.next()
			if err != nil || !ok || frame.Data != want {
				t.Errorf("frame %d: %v\n%s\nwant\n%s", i, err, frame.Data, want)
			}
		}
		stream.close()
	}
}

func TestFollow(t *testing.T) {
	w := start(t)
	w.session("s")
	w.said("s", "hello")
	stream := w.open("GET", "/v1/sessions/s/events/sse", "")
	for name, want := range map[string]string{"Cache-Control": "no-cache", "X-Accel-Buffering": "no"} {
		if got := stream.resp.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	past := stream.until("turn.ended")
	w.said("s", "again") // the stream goes on over turns
	w.said("s", "end")   // and over an end that is not final
	w.post("/v1/sessions/s/terminate", "").want(204)
	all := append(past, stream.rest()...)
	for i, e := range all {
		if e.Sequence != uint64(i+1) {
			t.Fatalf("sequence %d at place %d", e.Sequence, i)
		}
	}
	page := decodeAs[openapi.EventsResponse](t, w.get("/v1/sessions/s/events").body)
	if len(page.Events) != len(all) || all[len(all)-1].Type() != "session.ended" {
		t.Errorf("the stream had %s, the page %s", types(all), types(page.Events))
	}
}

func TestResume(t *testing.T) {
	w := start(t)
	w.session("s")
	w.said("s", "hello")
	const path = "/v1/sessions/s/events/sse"
	for _, c := range []struct {
		path, id string
		first    uint64
	}{
		{path, "", 1}, {path + "?offset=3", "", 4}, {path + "?offset=3", "5", 6}, {path + "?offset=7", "0", 1}, {path, " 2 ", 3},
	} {
		if got := w.open("GET", c.path, "", "Last-Event-ID", c.id).event().Sequence; got != c.first {
			t.Errorf("%s, Last-Event-ID %q: begins with %d, want %d", c.path, c.id, got, c.first)
		}
	}
	waits := w.open("GET", path+"?offset=9", "") // past the end of a live session
	w.said("s", "again")
	if got := waits.event().Sequence; got != 10 {
		t.Errorf("after 9 comes %d", got)
	}
}

func TestFollowEnded(t *testing.T) {
	w := start(t)
	w.session("s")
	w.said("s", "hello")
	w.post("/v1/sessions/s/terminate", "").want(204)
	const path = "/v1/sessions/s/events/sse"
	if got := sequences(w.open("GET", path, "").rest()); got != "1 2 3 4 5 6 7 8 9" {
		t.Errorf("from the beginning: %s", got)
	}
	if got := sequences(w.open("GET", path+"?offset=9", "").rest()); got != "" {
		t.Errorf("by offset from the end: %s", got)
	}
	if got := sequences(w.open("GET", path+"?offset=100", "").rest()); got != "" {
		t.Errorf("by offset past the end: %s", got)
	}
	if got := sequences(w.open("GET", path, "", "Last-Event-ID", "8").rest()); got != "9" {
		t.Errorf("resumed before the end: %s", got)
	}
	w.get(path, "Last-Event-ID", "9").want(204)
	w.get(path, "Last-Event-ID", "100").want(204)
	w.get(path+"?offset=1", "Last-Event-ID", "9").want(204)
}

// TestFollowDeleted ends streams of a session that is no more.
func TestFollowDeleted(t *testing.T) {
	w := start(t)
	w.session("s")
	stream := w.open("GET", "/v1/sessions/s/events/sse", "")
	stream.until("session.started")
	w.do("DELETE", "/v1/sessions/s", "").want(204)
	stream.rest()
}

// TestHeartbeat reads the bytes: a parser hides comments.
func TestHeartbeat(t *testing.T) {
	w := start(t, func(c *Config, _ *session.Config) { c.Heartbeat = 10 * time.Millisecond })
	w.session("s")
	stream, err := http.DefaultClient.Do(w.request("GET", "/v1/sessions/s/events/sse", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	lines := bufio.NewScanner(stream.Body)
	read := func() string {
		if !lines.Scan() {
			t.Fatal(lines.Err())
		}
		return lines.Text()
	}
	if id, data, end := read(), read(), read(); id != "id: 1" || !strings.HasPrefix(data, `data: {"event_id":`) || end != "" {
		t.Errorf("first frame %q %q %q", id, data, end)
	}
	for range 5 {
		if comment, end := read(), read(); comment != ":" || end != "" {
			t.Errorf("heartbeat %q %q", comment, end)
		}
	}
	w.post("/v1/sessions/s/messages", `{"message":"hello"}`).want(204)
	for line := read(); line != "id: 2"; line = read() {
		if line != "" && line != ":" {
			t.Fatalf("between heartbeats: %q", line)
		}
	}
}

// TestLargeEvent is one that no buffer holds.
func TestLargeEvent(t *testing.T) {
	w := start(t)
	w.session("s")
	stream := w.open("GET", "/v1/sessions/s/events/sse", "")
	w.played("s", "flood 500000")
	events := stream.until("turn.ended")
	completed := events[len(events)-2].Data.(openapi.ItemCompletedData)
	if text := completed.Item.Content[0].Part.(openapi.TextPart).Text; len(text) != 500000 {
		t.Errorf("%d bytes", len(text))
	}
	w.get("/v1/sessions/s/events").want(200)
}

func TestManyEvents(t *testing.T) {
	w := start(t)
	w.session("s")
	live := w.open("GET", "/v1/sessions/s/events/sse", "")
	w.post("/v1/sessions/s/messages", `{"message":"burst 20000"}`).want(204)
	for stream, name := range map[*opened]string{live: "live", w.open("GET", "/v1/sessions/s/events/sse", ""): "replayed"} {
		for want := uint64(1); want <= 20000; want++ {
			frame, err, ok := stream.next()
			if err != nil || !ok || frame.LastEventID != decimal(want) {
				t.Fatalf("%s: event %d is %q: %v", name, want, frame.LastEventID, err)
			}
		}
	}
}

func TestFollowerLimit(t *testing.T) {
	w := start(t, func(_ *Config, d *session.Config) { d.Followers = 1 })
	w.session("s")
	stream := w.open("GET", "/v1/sessions/s/events/sse", "")
	a := w.get("/v1/sessions/s/events/sse")
	a.refused(429, "limit_exceeded", "limit exceeded: too many followers")
	if a.header.Get("Retry-After") == "" {
		t.Errorf("no Retry-After: %v", a.header)
	}
	before := w.get("/v1/sessions/s").body
	w.post("/v1/sessions/s/messages/stream", `{"message":"hello"}`).want(429)
	if after := w.get("/v1/sessions/s").body; string(after) != string(before) {
		t.Errorf("the message of a refused stream was taken: %s", after)
	}
	stream.close()
	w.log.wait(t, "DEBUG request ", "events/sse", "status=200")
	w.said("s", "hello")
}

// TestClientLeaves cuts a stream in the middle; the turn goes on.
func TestClientLeaves(t *testing.T) {
	w := start(t)
	w.session("s")
	stream := w.open("POST", "/v1/sessions/s/messages/stream", `{"message":"slow 20 5"}`)
	stream.until("item.delta")
	stream.close()
	w.log.wait(t, "DEBUG request ", "messages/stream", "status=200")
	events := w.open("GET", "/v1/sessions/s/events/sse", "").until("turn.ended")
	if got := strings.Count(types(events), "item.delta"); got != 20 {
		t.Errorf("the turn had %d deltas", got)
	}
	if found, _ := w.log.having("ERROR"); len(found) > 0 {
		t.Errorf("logged as an error: %q", found)
	}
}

// TestStuckClient opens a stream and does not read it.
func TestStuckClient(t *testing.T) {
	w := start(t, func(c *Config, _ *session.Config) { c.WriteTimeout = 100 * time.Millisecond })
	w.session("s")
	stream := w.open("GET", "/v1/sessions/s/events/sse", "")
	w.played("s", "flood 20000000")
	line := w.log.wait(t, "DEBUG request ", "events/sse")
	if !strings.Contains(line, "status=200") {
		t.Error(line)
	}
	if _, err := io.Copy(io.Discard, stream.resp.Body); err == nil {
		t.Error("the answer of a stuck client ends as if it were whole")
	}
	w.get("/v1/sessions/s").want(200)
}

// TestStuckPage does the same with a page.
func TestStuckPage(t *testing.T) {
	w := start(t, func(c *Config, _ *session.Config) { c.WriteTimeout = 100 * time.Millisecond })
	w.session("s")
	w.played("s", "flood 20000000")
	resp, err := http.DefaultClient.Do(w.request("GET", "/v1/sessions/s/events", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	w.log.wait(t, "DEBUG request ", "route=/v1/sessions/:session_id/events ")
	if _, err := io.Copy(io.Discard, resp.Body); err == nil {
		t.Error("half a page ends as if it were whole")
	}
	if found, _ := w.log.having("ERROR"); len(found) > 0 {
		t.Errorf("a stuck client was logged as an error: %q", found)
	}
}

// TestQuietClient keeps a stream open for longer than a request may take.
func TestQuietClient(t *testing.T) {
	w := start(t, func(c *Config, _ *session.Config) {
		c.ReadTimeout, c.Heartbeat = 20*time.Millisecond, 50*time.Millisecond
	})
	w.session("s")
	stream, err := http.DefaultClient.Do(w.request("GET", "/v1/sessions/s/events/sse?offset=1", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	if _, err := io.ReadFull(stream.Body, make([]byte, 3*len(":\n\n"))); err != nil {
		t.Error(err)
	}
}

// TestSlowBody sends the head of a request and not its body.
func TestSlowBody(t *testing.T) {
	w := start(t, func(c *Config, _ *session.Config) { c.ReadTimeout = 50 * time.Millisecond })
	w.session("s")
	body, held := io.Pipe()
	defer held.Close()
	r, err := http.NewRequestWithContext(t.Context(), "POST", w.url+"/v1/sessions/s/messages", body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 400 {
		t.Errorf("status %d", resp.StatusCode)
	}
}
