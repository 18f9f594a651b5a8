package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/openapi"
)

// deltas is how many the stand-in prints in one turn.
const deltas = 20_000

// standIn is a program of Claude Code's name and speech that prints a turn of many deltas as fast as it can.
func standIn() int {
	if len(os.Args) > 1 && os.Args[1] == "--version" {
		fmt.Println("2.1.330 (Claude Code)")
		return 0
	}
	out := bufio.NewWriterSize(os.Stdout, 64<<10)
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var r struct {
			Type      string
			RequestID string `json:"request_id"`
			UUID      string
		}
		if json.Unmarshal(in.Bytes(), &r) != nil {
			return 1
		}
		switch r.Type {
		case "control_request":
			fmt.Fprintf(out, `{"type":"control_response","response":{"subtype":"success","request_id":%q,"response":{}}}`+"\n", r.RequestID)
		case "user":
			printTurn(out, r.UUID)
		}
		_ = out.Flush()
	}
	return 0
}

func printTurn(out *bufio.Writer, message string) {
	const session = "00000000-0000-4000-8000-000000000000"
	event := func(format string, args ...any) {
		fmt.Fprintf(out, `{"type":"stream_event","session_id":"`+session+`","parent_tool_use_id":null,"event":`+format+"}\n", args...)
	}
	fmt.Fprintf(out, `{"type":"system","subtype":"init","session_id":%q,"model":"m","permissionMode":"default","tools":[]}`+"\n", session)
	event(`{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[]}}`)
	event(`{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`)
	for range deltas {
		event(`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"word "}}`)
	}
	fmt.Fprintf(out, `{"type":"assistant","session_id":%q,"parent_tool_use_id":null,"message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":%q}]}}`+"\n",
		session, strings.Repeat("word ", deltas))
	event(`{"type":"content_block_stop","index":0}`)
	event(`{"type":"message_stop"}`)
	fmt.Fprintf(out, `{"type":"result","subtype":"success","is_error":false,"session_id":%q,"num_turns":1,"result":"done","user_message_uuids":[%q],"usage":{"input_tokens":1,"output_tokens":1},"total_cost_usd":0,"modelUsage":{}}`+"\n",
		session, message)
}

// standInServer is a server that finds the stand-in on its PATH.
func standInServer(t testing.TB) *server {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(self, filepath.Join(dir, "claude")); err != nil {
		t.Fatal(err)
	}
	s := newServer(t)
	s.env = append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"), "ANTHROPIC_API_KEY=test", "HOME="+t.TempDir())
	s.start()
	return s
}

// TestFastAgent holds one turn of many deltas against what the program printed: none is lost.
func TestFastAgent(t *testing.T) {
	t.Parallel()
	fastTurn(t, standInServer(t), "fast")
}

func fastTurn(t testing.TB, s *server, id string) {
	t.Helper()
	c := s.client()
	if _, err := c.CreateSession(t.Context(), id, openapi.CreateSessionRequest{Agent: "claude", Directory: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	n := 0
	var end openapi.TurnEndedData
	for e, err := range c.StreamMessage(t.Context(), id, openapi.MessageRequest{Message: "go"}) {
		if err != nil {
			t.Fatal(err)
		}
		switch d := e.Data.(type) {
		case openapi.ItemDeltaData:
			n += len(d.Delta) / len("word ")
		case openapi.TurnEndedData:
			end = d
		}
	}
	if n != deltas || end.Status != openapi.TurnStatusCompleted {
		t.Fatalf("%d of %d deltas, ended %q", n, deltas, end.Status)
	}
}

// BenchmarkFastAgent compares the program alone, its output read and thrown away, with its whole turn through the server:
// converted, on disk with the raw lines, and streamed to a reader that does not decode.
func BenchmarkFastAgent(b *testing.B) {
	alone := printAlone(b)
	s := standInServer(b)
	s.turnTime(b, "warm")
	var through time.Duration
	for i := range b.N {
		through += s.turnTime(b, fmt.Sprint(i))
	}
	through /= time.Duration(b.N)
	b.ReportMetric(float64(deltas)/through.Seconds(), "deltas/s")
	b.ReportMetric(float64(through)/float64(alone), "times-the-program-alone")
	b.ReportMetric(0, "ns/op")
}

// turnTime is the time from the agent's first delta to the end of its turn, as a reader sees them.
func (s *server) turnTime(b *testing.B, id string) time.Duration {
	b.Helper()
	if _, err := s.client().CreateSession(b.Context(), id, openapi.CreateSessionRequest{Agent: "claude", Directory: b.TempDir()}); err != nil {
		b.Fatal(err)
	}
	resp, err := http.Post(s.url+"/v1/sessions/"+id+"/messages/stream", "application/json", strings.NewReader(`{"message":"go"}`))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var began time.Time
	lines := bufio.NewReaderSize(resp.Body, 1<<20)
	for {
		line, err := lines.ReadSlice('\n')
		switch {
		case err != nil:
			b.Fatal(err)
		case began.IsZero() && bytes.Contains(line, []byte(`"type":"item.delta"`)):
			began = time.Now()
		case bytes.Contains(line, []byte(`"type":"turn.ended"`)):
			return time.Since(began)
		}
	}
}

// printAlone is how long the program takes from its first line to its last when everything is read and thrown away.
func printAlone(b *testing.B) time.Duration {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	link := filepath.Join(b.TempDir(), "claude")
	if err := os.Symlink(self, link); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(link, "-p")
	cmd.Stdin = strings.NewReader(`{"type":"user","uuid":"u"}` + "\n")
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	first := make([]byte, 1)
	if _, err := io.ReadFull(out, first); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if _, err := io.Copy(io.Discard, out); err != nil {
		b.Fatal(err)
	}
	took := time.Since(began)
	if err := cmd.Wait(); err != nil {
		b.Fatal(err)
	}
	return took
}
