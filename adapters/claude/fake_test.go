package claude

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The stand-in is this test binary, started as Claude Code: it speaks the program's protocol as it was recorded, and
// what it does stands in the message that it gets, one act a line (see acts). How it behaves at its start is in its
// environment.
const (
	fakeVariable  = "PARLEY_TEST_FAKE_CLAUDE" // set: be the stand-in
	startVariable = "PARLEY_TEST_FAKE_START"  // hang, deaf, broken, old, taken, stubborn
	fakeVersion   = "9.9.9"
)

// fake is a stand-in at work.
type fake struct {
	out     *bufio.Writer
	outMu   sync.Mutex
	session string
	mode    string
	args    []string
	cost    float64

	mu       sync.Mutex
	cancel   context.CancelFunc // of the running turn
	answers  map[string]chan json.RawMessage
	messages chan fakeMessage
	count    int
}

type fakeMessage struct {
	uuid string
	text string
}

func fakeMain() int {
	if len(os.Args) > 1 && os.Args[1] == "--version" {
		fmt.Println(fakeVersion + " (Claude Code)")
		return 0
	}
	f := &fake{
		out: bufio.NewWriterSize(os.Stdout, 1<<16), args: os.Args[1:], mode: flagValue("--permission-mode"),
		answers: map[string]chan json.RawMessage{}, messages: make(chan fakeMessage, 16),
	}
	switch os.Getenv(startVariable) {
	case "hang":
		hang()
	case "deaf":
		signal.Ignore(syscall.SIGTERM)
	case "broken":
		fmt.Fprintln(os.Stderr, "warming up\nno such luck")
		return 7
	}
	if os.Getenv(startVariable) == "old" && slices.Contains(f.args, "--forward-subagent-text") {
		fmt.Fprintln(os.Stderr, "error: unknown option '--forward-subagent-text'")
		return 1
	}
	if code := f.take(); code != 0 {
		return code
	}
	go f.read(os.Stdin)
	for m := range f.messages {
		if code, over := f.turn(m); over {
			return code
		}
	}
	if os.Getenv(startVariable) == "deaf" {
		hang()
	}
	return 0
}

func flagValue(name string) string {
	for i, a := range os.Args {
		if a == name && i+1 < len(os.Args) {
			return os.Args[i+1]
		}
	}
	return ""
}

// take takes up the session: a file stands for it, as with the program. An empty one is a session that it does not know.
func (f *fake) take() int {
	dir := filepath.Join(os.Getenv("CLAUDE_CONFIG_DIR"), "projects", "-somewhere")
	if resume := flagValue("--resume"); resume != "" {
		if content, err := os.ReadFile(filepath.Join(dir, resume+".jsonl")); err != nil || len(content) == 0 {
			message := "No conversation found with session ID: " + resume
			f.line(map[string]any{
				"type": "result", "subtype": "error_during_execution", "is_error": true, "num_turns": 0, "errors": []string{message},
				"total_cost_usd": 0, "session_id": "random",
			})
			fmt.Fprintln(os.Stderr, message)
			return 1
		}
		f.session = resume
		return 0
	}
	f.session = flagValue("--session-id")
	path := filepath.Join(dir, f.session+".jsonl")
	if _, err := os.Stat(path); err == nil || os.Getenv(startVariable) == "taken" {
		if os.WriteFile(path, []byte("{}\n"), 0o600) != nil {
			_ = os.MkdirAll(dir, 0o700)
			_ = os.WriteFile(path, []byte("{}\n"), 0o600)
		}
		fmt.Fprintf(os.Stderr, "Error: Session ID %s is already in use.\n", f.session)
		return 1
	}
	return 0
}

// keep makes the session known to later processes.
func (f *fake) keep() {
	dir := filepath.Join(os.Getenv("CLAUDE_CONFIG_DIR"), "projects", "-somewhere")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		panic(err)
	}
	if err := os.WriteFile(filepath.Join(dir, f.session+".jsonl"), []byte("{}\n"), 0o600); err != nil {
		panic(err)
	}
}

func (f *fake) read(in io.Reader) {
	defer close(f.messages)
	lines := bufio.NewReaderSize(in, 1<<16)
	for {
		raw, err := lines.ReadBytes('\n')
		if len(raw) > 0 {
			f.input(raw)
		}
		if err != nil {
			return
		}
	}
}

func (f *fake) input(raw []byte) {
	var in struct {
		Type, UUID string
		RequestID  string `json:"request_id"`
		Request    struct{ Subtype string }
		Response   struct {
			RequestID string `json:"request_id"`
			Response  json.RawMessage
		}
		Message struct {
			Content []struct{ Type, Text string }
		}
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		fmt.Fprintln(os.Stderr, "bad input:", err)
		os.Exit(1)
	}
	switch in.Type {
	case "user":
		var texts []string
		for _, b := range in.Message.Content {
			texts = append(texts, b.Type+":"+b.Text)
		}
		f.messages <- fakeMessage{in.UUID, strings.Join(texts, "\x00")}
	case "control_request":
		f.controlRequest(in.RequestID, in.Request.Subtype)
	case "control_response":
		f.mu.Lock()
		answer := f.answers[in.Response.RequestID]
		f.mu.Unlock()
		if answer != nil {
			answer <- in.Response.Response
		}
	}
}

func (f *fake) controlRequest(id, subtype string) {
	response := map[string]any{}
	switch subtype {
	case "interrupt":
		response["still_queued"] = []string{}
		f.mu.Lock()
		if f.cancel != nil && os.Getenv(startVariable) != "stubborn" {
			f.cancel()
		}
		f.mu.Unlock()
	case "initialize":
		response["models"] = []map[string]any{
			{"value": "default", "displayName": "Default"},
			{"value": "large", "displayName": "Large", "supportedEffortLevels": []string{"low", "high"}},
		}
	}
	f.line(map[string]any{"type": "control_response", "response": map[string]any{
		"subtype": "success", "request_id": id, "response": response,
	}})
}

// line prints one line.
func (f *fake) line(fields map[string]any) {
	raw, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	f.print(raw)
}

func (f *fake) print(raw []byte) {
	f.outMu.Lock()
	defer f.outMu.Unlock()
	_, _ = f.out.Write(append(raw, '\n'))
	_ = f.out.Flush()
}

// id is unique in the session, also after a restart.
func (f *fake) id(prefix string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	return fmt.Sprintf("%s_%d_%d", prefix, os.Getpid(), f.count)
}

// hang waits for ever. A select without cases would end a program that has nothing else to wait for.
func hang() { <-time.After(24 * time.Hour) }
