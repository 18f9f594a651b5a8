package amp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/google/uuid"
)

// The stand-in is this test binary, started as Amp: it speaks the format that the program's SDK describes, with the rules that
// the program has for threads, and what it does stands in the message that it gets, one act a line (see acts). How it behaves
// at its start is in its environment.
const (
	fakeVariable  = "PARLEY_TEST_FAKE_AMP"   // set: be the stand-in
	startVariable = "PARLEY_TEST_FAKE_START" // hang, deaf, login, offline, revoked, ends
	fakeVersion   = "9.9.9-gabc123"
)

// fakeFlags are the options that it knows, with whether a value follows.
var fakeFlags = map[string]bool{
	"--execute": false, "--stream-json": false, "--stream-json-thinking": false, "--stream-json-input": false,
	"--no-archive-after-execute": false, "--no-ide": false, "--mode": true, "--settings-file": true, "--mcp-config": true,
	"--log-file": true,
}

// fake is a stand-in at work.
type fake struct {
	out      *bufio.Writer
	mu       sync.Mutex // of out, and of the end
	thread   string
	flags    map[string]string
	messages int
	turns    int
	begin    time.Time
}

func fakeMain() int {
	if len(os.Args) > 1 && os.Args[1] == "--version" {
		fmt.Println(fakeVersion + " (released 2026-09-23T05:55:11.000Z, 1mo ago)")
		return 0
	}
	f := &fake{out: bufio.NewWriterSize(os.Stdout, 1<<16), flags: map[string]string{}, begin: time.Now()}
	if code := f.start(os.Args[1:]); code != 0 {
		return code
	}
	defer f.release()
	return f.turn()
}

// start does what the program does before it has a thread.
func (f *fake) start(args []string) int {
	switch os.Getenv(startVariable) {
	case "hang":
		hang()
	case "deaf":
		signal.Ignore(syscall.SIGTERM)
	case "login":
		return f.login()
	case "offline":
		return complain("Couldn't connect to the Amp server at http://there.", "", "Check your network connection and try again.")
	case "revoked":
		return complain("Invalid or missing API key. Run 'amp login' to authenticate.")
	}
	if len(args) > 2 && args[0] == "threads" && args[1] == "continue" {
		f.thread, args = args[2], args[3:]
	}
	for i := 0; i < len(args); i++ {
		valued, ok := fakeFlags[args[i]]
		switch {
		case !ok:
			return complain("error: unknown option '" + args[i] + "'")
		case valued:
			f.flags[args[i]] = args[i+1]
			i++
		default:
			f.flags[args[i]] = ""
		}
	}
	if os.Getenv(keyVariable) == "" {
		if content, err := os.ReadFile(home(".local", "share", "amp", "secrets.json")); err != nil || !bytes.Contains(content, []byte("ampcode.com")) {
			return f.login()
		}
	}
	return f.take()
}

func home(elements ...string) string {
	return filepath.Join(append([]string{os.Getenv("HOME")}, elements...)...)
}

func complain(lines ...string) int {
	fmt.Fprintln(os.Stderr, "Error: "+strings.Join(lines, "\n"))
	return 1
}

// login waits for ever, as the program does.
func (f *fake) login() int {
	f.print([]byte("No API key found. Starting login flow..."))
	f.print([]byte("If your browser does not open automatically, visit:\n\nhttps://ampcode.com/auth/cli-login?authToken=secret-token\n"))
	hang()
	return 1
}

// take takes up the thread. One that is archived cannot be continued, and one process at a time has it.
func (f *fake) take() int {
	known := f.thread != ""
	if !known {
		f.thread = "T-" + uuid.NewString()
	}
	state, err := os.ReadFile(f.path())
	switch {
	case known && err != nil:
		return complain("Thread not found or you don't have access.")
	case string(state) == "archived":
		return complain("This thread is archived and cannot be continued.")
	}
	if err := os.MkdirAll(filepath.Dir(f.path()), 0o700); err != nil {
		return complain(err.Error())
	}
	if _, ok := f.flags["--no-archive-after-execute"]; !ok {
		defer func() { _ = os.WriteFile(f.path(), []byte("archived"), 0o600) }()
	}
	lock, err := os.OpenFile(f.path()+".lock", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil && !f.abandoned() {
		return complain("This thread is already open and active in another Amp.")
	}
	if lock != nil {
		fmt.Fprint(lock, os.Getpid())
		_ = lock.Close()
	}
	if err := os.WriteFile(f.path(), []byte("open"), 0o600); err != nil {
		return complain(err.Error())
	}
	return 0
}

func (f *fake) path() string { return home("threads", f.thread) }

// abandoned says whether the process that had the thread is gone.
func (f *fake) abandoned() bool {
	content, err := os.ReadFile(f.path() + ".lock")
	var pid int
	if _, scanned := fmt.Sscan(string(content), &pid); err != nil || scanned != nil {
		return false
	}
	return syscall.Kill(pid, 0) != nil && os.WriteFile(f.path()+".lock", fmt.Append(nil, os.Getpid()), 0o600) == nil
}

func (f *fake) release() { _ = os.Remove(f.path() + ".lock") }

// turn reads the messages until the end of input, and only then ends.
func (f *fake) turn() int {
	stopped := make(chan os.Signal, 1)
	if os.Getenv(startVariable) != "deaf" {
		signal.Notify(stopped, syscall.SIGTERM, syscall.SIGINT)
	}
	f.line(object{"type": "system", "subtype": "init", "cwd": directory(), "tools": []string{"shell_command"},
		"mcp_servers": f.servers(), "agent_mode": "medium"})
	done := make(chan int, 1)
	go func() { done <- f.play() }()
	select {
	case code := <-done:
		return code
	case <-stopped:
		f.finish("", "User cancelled (SIGINT/SIGTERM)")
		return 0
	}
}

// servers tells how the session's MCP servers are: as they are called.
func (f *fake) servers() []object {
	list := []object{}
	content, err := os.ReadFile(f.flags["--mcp-config"])
	if err != nil {
		return list
	}
	var servers map[string]json.RawMessage
	if err := json.Unmarshal(content, &servers); err != nil {
		panic(err)
	}
	for name := range servers {
		list = append(list, object{"name": name, "status": name})
	}
	return list
}

func directory() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	return dir
}

func (f *fake) play() int {
	in, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	var texts []string
	for raw := range bytes.Lines(in) {
		var m struct {
			Type    string
			Message struct {
				Role    string
				Content []struct{ Type, Text string }
			}
		}
		if err := json.Unmarshal(raw, &m); err != nil || m.Type != "user" || m.Message.Role != "user" {
			f.finish("", fmt.Sprintf("Invalid message format on stdin: %v", err))
			return 0
		}
		for _, b := range m.Message.Content {
			texts = append(texts, b.Text)
		}
	}
	f.line(object{"type": "user", "message": object{"role": "user", "content": textContent(strings.Join(texts, "\n"))}, "parent_tool_use_id": nil})
	return f.act(texts)
}

type object = map[string]any

func textContent(text string) []object { return []object{{"type": "text", "text": text}} }

// line prints a record of the thread.
func (f *fake) line(fields object) {
	fields["session_id"] = f.thread
	raw, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	f.print(raw)
}

func (f *fake) print(raw []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, _ = f.out.Write(append(raw, '\n'))
	_ = f.out.Flush()
}

// assistant says a message of the agent.
func (f *fake) assistant(reason string, content ...object) {
	f.turns++
	f.line(object{"type": "assistant", "parent_tool_use_id": nil, "message": object{
		"type": "message", "role": "assistant", "content": content, "stop_reason": reason,
		"usage": object{"input_tokens": 10, "output_tokens": 5, "cache_creation_input_tokens": 3, "cache_read_input_tokens": 2, "service_tier": "standard"},
	}})
}

// finish ends the turn; nothing more is printed.
func (f *fake) finish(result, failure string) {
	if os.Getenv(startVariable) == "ends" {
		return
	}
	end := object{"type": "result", "subtype": "success", "is_error": false, "result": result,
		"duration_ms": time.Since(f.begin).Milliseconds(), "num_turns": f.turns}
	if failure != "" {
		delete(end, "result")
		end["subtype"], end["is_error"], end["error"] = "error_during_execution", true, failure
	}
	f.line(end)
	f.mu.Lock() // kept
}

func (f *fake) id(prefix string) string {
	f.messages++
	return fmt.Sprintf("%s_%d_%d", prefix, os.Getpid(), f.messages)
}

// hang waits for ever. A select without cases would end a program that has nothing else to wait for.
func hang() { <-time.After(24 * time.Hour) }
