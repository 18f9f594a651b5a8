package amp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

func start(mode string) string { return startVariable + "=" + mode }

func TestStartThatHangs(t *testing.T) {
	config := fakeConfig(t, start("hang"))
	config.StartTimeout = 200 * time.Millisecond
	_, err := open(t, config, adapters.Options{}).fails(strings.Repeat("more than a pipe holds ", 20_000))
	var exit *adapters.ExitError
	if !errors.As(err, &exit) || exit.ExitCode != nil || exit.Signal != "" {
		t.Fatalf("got %#v", err)
	}
	contains(t, exit.Message, "said nothing within 200ms")
}

func TestInterruptOfAStartThatHangs(t *testing.T) {
	config := fakeConfig(t, start("hang"))
	config.InterruptTimeout = 50 * time.Millisecond
	r := open(t, config, adapters.Options{})
	turn := r.host.Turn(t, r.agent, strings.Repeat("more than a pipe holds ", 20_000))
	turn.Interrupt()
	if outcome, err := turn.Wait(t); err != nil || outcome != interrupted {
		t.Errorf("got %v, %v", outcome, err)
	}
}

// A program that does not give in to an interrupt is killed, and the next turn starts another one.
func TestInterruptThatIsIgnored(t *testing.T) {
	config := fakeConfig(t, start("deaf"))
	config.InterruptTimeout = 100 * time.Millisecond
	r := open(t, config, adapters.Options{})
	turn := r.host.Turn(t, r.agent, "forever")
	turn.AwaitType(t, openapi.EventItemCompleted, 3)
	turn.Interrupt()
	if outcome, err := turn.Wait(t); err != nil || outcome != interrupted {
		t.Fatalf("got %v, %v", outcome, err)
	}
	contains(t, messages(r.says("args", openapi.TurnStatusCompleted)), "threads continue "+r.agent.thread)
}

// What the program says of an interrupt is no error.
func TestInterrupt(t *testing.T) {
	r := open(t, fakeConfig(t), adapters.Options{})
	turn := r.host.Turn(t, r.agent, "forever")
	turn.AwaitType(t, openapi.EventItemCompleted, 2)
	turn.Interrupt()
	if outcome, err := turn.Wait(t); err != nil || outcome != interrupted {
		t.Fatalf("got %v, %v", outcome, err)
	}
	said := turn.Outputs()
	if f := pick[openapi.Failure](said); len(f) != 0 {
		t.Errorf("got %+v", f)
	}
	if u := pick[openapi.Usage](said); len(u) != 1 {
		t.Errorf("got %+v", u)
	}
}

// A program that does not end after its last word is ended.
func TestProgramThatLingers(t *testing.T) {
	config := fakeConfig(t)
	config.StopGrace = 100 * time.Millisecond
	r := open(t, config, adapters.Options{})
	for range 2 {
		if text := messages(r.says("lingers", openapi.TurnStatusCompleted)); text != "said" {
			t.Errorf("got %q", text)
		}
	}
}

func TestDeath(t *testing.T) {
	r := open(t, fakeConfig(t), adapters.Options{})
	said, err := r.fails("crash")
	var exit *adapters.ExitError
	if !errors.As(err, &exit) || exit.ExitCode == nil || *exit.ExitCode != 3 || exit.Stderr.Head != "out of luck" {
		t.Fatalf("got %#v", err)
	}
	contains(t, exit.Message, "Amp ended before the turn was over: out of luck")
	contains(t, messages(said), "last words")
	if u := pick[openapi.Usage](said); len(u) != 1 {
		t.Errorf("got %+v", u)
	}
	if _, err := r.fails("crash killed"); !errors.As(err, &exit) || exit.Signal != "killed" {
		t.Errorf("got %#v", err)
	}
}

// Some versions end without a result.
func TestNoResult(t *testing.T) {
	r := open(t, fakeConfig(t, start("ends")), adapters.Options{})
	said := r.says("say done", openapi.TurnStatusCompleted)
	if u := pick[openapi.Usage](said); len(u) != 1 || messages(said) != "done" {
		t.Errorf("got %+v, %q", u, messages(said))
	}
	if _, err := r.fails("error x"); !strings.Contains(err.Error(), "exit code 0") {
		t.Errorf("got %v", err)
	}
}

func TestErrors(t *testing.T) {
	r := open(t, fakeConfig(t), adapters.Options{})
	for message, want := range map[string]string{
		"error no luck":                 "agent_error: no luck",
		"ask":                           "agent_error: The following tools require user approval, which is not supported in stream JSON mode: shell_command",
		"turns":                         "max_turns: Too many turns",
		"error Session expired and so.": "authentication_failed: Session expired and so.",
	} {
		said := r.says(message, openapi.TurnStatusFailed)
		if got := failureOf(t, said); got != want {
			t.Errorf("%s: got %s", message, got)
		}
		if message != "turns" {
			continue
		}
		details := fmt.Sprintf("%s", pick[openapi.Failure](said)[0].Data.Details)
		if u := pick[openapi.Usage](said); details != `map[permission_denials:["shell_command"]]` || len(u) != 1 || u[0].Data.InputTokens != 100 {
			t.Errorf("got %s, %+v", details, u)
		}
	}
	r.says("say alive", openapi.TurnStatusCompleted)
}

// Where the service cannot be reached the program does not start; its hints are for people at a terminal.
func TestRefusalToStart(t *testing.T) {
	r := open(t, fakeConfig(t, start("offline")), adapters.Options{})
	_, err := r.fails("say x")
	var exit *adapters.ExitError
	if !errors.As(err, &exit) || exit.ExitCode == nil || *exit.ExitCode != 1 {
		t.Fatalf("got %#v", err)
	}
	if exit.Message != "Amp ended before the turn was over: Couldn't connect to the Amp server at http://there." {
		t.Errorf("got %q", exit.Message)
	}
	r = open(t, fakeConfig(t, start("revoked")), adapters.Options{})
	if got := failureOf(t, r.says("say x", openapi.TurnStatusFailed)); got != "authentication_failed: Invalid or missing API key. Run 'amp login' to authenticate." {
		t.Errorf("got %s", got)
	}
}

func TestProgramThatIsGone(t *testing.T) {
	config := fakeConfig(t)
	config.Program = filepath.Join(t.TempDir(), "amp")
	if err := os.WriteFile(config.Program, []byte("#!/bin/sh\nexit 5\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	r := open(t, config, adapters.Options{})
	if err := os.Remove(config.Program); err != nil {
		t.Fatal(err)
	}
	if _, err := r.fails("say x"); !errors.Is(err, adapters.ErrNotInstalled) {
		t.Errorf("got %v", err)
	}
}

// Without a key nothing is started; a program that wants to be logged in all the same is stopped, and its URL, in which there is
// a secret, is told to nobody.
func TestNoLogin(t *testing.T) {
	for name, config := range map[string]Config{
		"no key": fakeConfig(t, keyVariable+"=", start("hang")), "asks": fakeConfig(t, start("login")),
		"key of another service": fakeConfig(t, keyVariable+"=", "HOME="+storedKey(t, `{"apiKey@https://there/":"k"}`)),
	} {
		r := open(t, config, adapters.Options{})
		said := r.says("say x", openapi.TurnStatusFailed)
		got := failureOf(t, said)
		contains(t, got, "not_logged_in: ", "set AMP_API_KEY", config.Program+" login")
		if len(said) != 1 || strings.Contains(fmt.Sprint(said), "secret-token") {
			t.Errorf("%s: got %+v", name, said)
		}
	}
}

func storedKey(t *testing.T, secrets string) (home string) {
	t.Helper()
	home = t.TempDir()
	path := filepath.Join(home, ".local", "share", "amp", "secrets.json")
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(secrets), 0o600)); err != nil {
		t.Fatal(err)
	}
	return home
}

func TestStoredLogin(t *testing.T) {
	config := fakeConfig(t, keyVariable+"=", "HOME="+storedKey(t, `{"apiKey@https://ampcode.com/":"k"}`))
	if text := messages(open(t, config, adapters.Options{}).says("say in", openapi.TurnStatusCompleted)); text != "in" {
		t.Errorf("got %q", text)
	}
}

func TestGarbageIsKept(t *testing.T) {
	r := open(t, fakeConfig(t), adapters.Options{})
	said := r.says("garbage", openapi.TurnStatusCompleted)
	var raws []string
	for _, u := range pick[openapi.Unparsed](said) {
		if u.Data.Location != "amp.stdout" || u.Data.Error == "" {
			t.Errorf("got %+v", u.Data)
		}
		raws = append(raws, string(u.Raw))
	}
	contains(t, strings.Join(raws, "\n"),
		`"npm warn something"`, `"{"`, `"{\"type\":"`, `{}`, `{"type":""}`, `[1,2,3]`, `{"type":"brand_new","x":[1]}`)
	contains(t, messages(said), "still here")
}

func TestThread(t *testing.T) {
	config := fakeConfig(t)
	r := open(t, config, adapters.Options{})
	said := r.says("args", openapi.TurnStatusCompleted)
	told := pick[openapi.NativeSession](said)
	if len(told) != 1 || !strings.HasPrefix(told[0].ID, "T-") || strings.Contains(messages(said), "threads") {
		t.Fatalf("told %+v, %q", told, messages(said))
	}
	if _, first := said[0].(openapi.NativeSession); !first {
		t.Error("the thread was not told at once")
	}
	said = r.says("args", openapi.TurnStatusCompleted)
	contains(t, messages(said), "threads continue "+told[0].ID+" --execute")
	if again := pick[openapi.NativeSession](said); len(again) != 0 {
		t.Errorf("told again: %+v", again)
	}
	r.close()
	again := open(t, config, adapters.Options{NativeSessionID: told[0].ID})
	contains(t, messages(again.says("args", openapi.TurnStatusCompleted)), "threads continue "+told[0].ID)
}

// A thread that is gone, or archived, is begun anew with what was said in it; one that is there is not told what it knows.
func TestThreadThatIsGone(t *testing.T) {
	for _, archived := range []bool{false, true} {
		config := fakeConfig(t)
		first := open(t, config, adapters.Options{})
		first.says("say the secret word is xyzzy", openapi.TurnStatusCompleted)
		first.close()
		o := adapters.Options{NativeSessionID: first.agent.thread, History: historyOf(first.host.Log())}
		if text := messages(open(t, config, o).says("say on\ncontent", openapi.TurnStatusCompleted)); strings.Contains(text, "xyzzy") {
			t.Errorf("told again: %q", text)
		}
		path := filepath.Join(config.Env[1][len("HOME="):], "threads", first.agent.thread)
		change := os.Remove(path)
		if archived {
			change = os.WriteFile(path, []byte("archived"), 0o600)
		}
		if change != nil {
			t.Fatal(change)
		}
		said := open(t, config, o).says("content", openapi.TurnStatusCompleted)
		contains(t, messages(said), "<transcript>", "Assistant: the secret word is xyzzy")
		if told := pick[openapi.NativeSession](said); len(told) != 1 || told[0].ID == first.agent.thread {
			t.Errorf("told %+v", told)
		}
	}
}

func TestItems(t *testing.T) {
	r := open(t, fakeConfig(t), adapters.Options{})
	said := r.says("think pondering\ntool ls\nfails rm", openapi.TurnStatusCompleted)
	thoughts, calls, results := parts[openapi.ReasoningPart](said), parts[openapi.ToolCallPart](said), parts[openapi.ToolResultPart](said)
	if len(thoughts) != 1 || thoughts[0].Text != "pondering" || thoughts[0].Visibility != openapi.ReasoningVisibilityPublic {
		t.Errorf("got %+v", thoughts)
	}
	if len(calls) != 2 || calls[0].Name != "shell_command" || calls[0].Arguments != `{"command":"ls"}` || len(results) != 2 ||
		results[0].CallID != calls[0].CallID || results[0].Output != "ls ran" || results[1].Output != "no luck" {
		t.Errorf("got %+v, %+v", calls, results)
	}
	u := pick[openapi.Usage](said)
	want := openapi.UsageUpdatedData{InputTokens: 40, OutputTokens: 20, CacheWriteTokens: 12, CacheReadTokens: 8}
	if len(u) != 1 || u[0].Data != want {
		t.Errorf("got %+v", u)
	}
	status := map[openapi.ItemStatus]int{}
	for _, done := range pick[openapi.ItemCompleted](said) {
		status[done.Item.Status]++
	}
	if status[openapi.ItemStatusFailed] != 1 || status[openapi.ItemStatusCompleted] != 5 {
		t.Errorf("got %v", status)
	}
}

func TestLargeToolOutput(t *testing.T) {
	r := open(t, fakeConfig(t), adapters.Options{})
	results := parts[openapi.ToolResultPart](r.says("print 10485760", openapi.TurnStatusCompleted))
	if len(results) != 1 || len(results[0].Output) != 10<<20 {
		t.Errorf("got %d results", len(results))
	}
}

func TestManySessionsInOneDirectory(t *testing.T) {
	config, dir := fakeConfig(t), t.TempDir()
	var all sync.WaitGroup
	threads := make([]string, 20)
	for i := range threads {
		r := open(t, config, adapters.Options{SessionID: fmt.Sprint("session", i), Directory: dir, PermissionMode: permissionBypass})
		all.Go(func() {
			for range 2 {
				turn := r.host.Turn(t, r.agent, fmt.Sprintf("tool ls\nsay %d", i))
				if outcome, err := turn.Wait(t); err != nil || outcome.Status != openapi.TurnStatusCompleted {
					t.Errorf("session %d ended %v, %v", i, outcome, err)
					return
				}
				if text := messages(turn.Outputs()); text != fmt.Sprint(i) {
					t.Errorf("session %d said %q", i, text)
				}
			}
			threads[i] = r.agent.thread
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, thread := range threads {
		if seen[thread] {
			t.Errorf("two sessions have the thread %s", thread)
		}
		seen[thread] = true
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("the project has %v, %v", entries, err)
	}
}

// Close ends what the program has started, in a session of its own too; the end of a turn does.
func TestNothingIsLeft(t *testing.T) {
	r := open(t, fakeConfig(t), adapters.Options{})
	r.says("shell", openapi.TurnStatusCompleted)
	if processes := left(t); len(processes) != 0 {
		t.Errorf("left: %q", processes)
	}
	turn := r.host.Turn(t, r.agent, "shell\nforever")
	turn.AwaitType(t, openapi.EventItemCompleted, 1)
	r.close()
	if processes := left(t); len(processes) != 0 {
		t.Errorf("left: %q", processes)
	}
	if _, err := turn.Wait(t); !errors.Is(err, errClosed) {
		t.Errorf("got %v", err)
	}
	if entries, err := filepath.Glob(filepath.Join(r.agent.adapter.config.DataDir, ID, "sessions", "*")); err != nil || len(entries) != 0 {
		t.Errorf("left: %q, %v", entries, err)
	}
}

func TestKilledProgramLeavesNothing(t *testing.T) {
	r := open(t, fakeConfig(t), adapters.Options{})
	turn := r.host.Turn(t, r.agent, "shell\nforever")
	turn.AwaitType(t, openapi.EventItemCompleted, 1)
	r.agent.mu.Lock()
	pid := r.agent.run.process.PID()
	r.agent.mu.Unlock()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	var exit *adapters.ExitError
	if _, err := turn.Wait(t); !errors.As(err, &exit) || exit.Signal != "killed" {
		t.Errorf("got %v", err)
	}
	if processes := left(t); len(processes) != 0 {
		t.Errorf("left: %q", processes)
	}
}

func TestTurnOfACancelledContext(t *testing.T) {
	r := open(t, fakeConfig(t, start("hang")), adapters.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if outcome, err := r.agent.Turn(ctx, adapters.Input{Number: 1, TurnID: "t", Text: "x"}, r.host); err != nil || outcome != interrupted {
		t.Errorf("got %v, %v", outcome, err)
	}
	if _, err := os.Stat(filepath.Join(r.agent.adapter.config.DataDir, ID)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was begun: %v", err)
	}
}
