package claude_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/claude"
	"github.com/parleyhq/parley/openapi"
)

// The traps of contracts/agents.md on the real program, under their numbers; see trap_test.go for all ten.

// 401, 500 and 529, and no login, end in a failed turn with one error and no answer.
func TestTrap1And2RealErrors(t *testing.T) {
	r := newReal(t, adapters.Options{})
	for status, code := range map[int]string{401: "authentication_failed", 500: "model_error", 529: "model_error"} {
		said := r.ends(r.turn(fmt.Sprintf("error %d no luck", status)), openapi.TurnStatusFailed)
		failures := outputs[openapi.Failure](said)
		if len(failures) != 1 || *failures[0].Data.Code != code || failures[0].Data.Details.(map[string]any)["api_error_status"] != status {
			t.Errorf("%d: got %+v", status, failures)
		}
		claude.Contains(t, failures[0].Data.Message, "no luck")
		claude.Contains(t, claude.Statuses(said), "retry: attempt 1 of 1")
		if text := claude.Messages(said); text != "" {
			t.Errorf("%d: the error looks like an answer: %q", status, text)
		}
	}
	pid := claude.PID(r.agent)
	r.says("say alive")
	if claude.PID(r.agent) != pid {
		t.Error("the process was started again")
	}
}

func TestTrap1RealNotLoggedIn(t *testing.T) {
	r := newReal(t, adapters.Options{}, "ANTHROPIC_API_KEY=")
	failures := outputs[openapi.Failure](r.ends(r.turn("say x"), openapi.TurnStatusFailed))
	if len(failures) != 1 || *failures[0].Data.Code != "not_logged_in" {
		t.Errorf("got %+v", failures)
	}
}

func TestTrap3RealRetries(t *testing.T) {
	r := newReal(t, adapters.Options{}, "CLAUDE_CODE_MAX_RETRIES=3")
	said := r.says("error 529 x2 overloaded")
	claude.Contains(t, claude.Statuses(said), "retry: attempt 1 of 3", "retry: attempt 2 of 3", "overloaded (status 529)")
	claude.Contains(t, claude.Messages(said), "recovered after 2 errors")
	if f := outputs[openapi.Failure](said); len(f) != 0 {
		t.Errorf("got %+v", f)
	}
}

// What came before a cut stays, as a failed item; the request is repeated, and at last the turn fails.
func TestTrap4RealStreamCut(t *testing.T) {
	r := newReal(t, adapters.Options{})
	said := r.ends(r.turn("cut partial text"), openapi.TurnStatusFailed)
	done := outputs[openapi.ItemCompleted](said)
	failed := 0
	for _, o := range done {
		if o.Item.Kind == openapi.ItemKindMessage && o.Item.Status == openapi.ItemStatusFailed {
			failed++
		}
	}
	if failed == 0 || len(outputs[openapi.Failure](said)) != 1 {
		t.Errorf("%d failed items, %+v", failed, outputs[openapi.Failure](said))
	}
	r.says("say alive")
}

// A session file that the program cannot use: the session goes on under another name and knows what was said.
func TestTrap5RealUnknownSession(t *testing.T) {
	r := newReal(t, adapters.Options{})
	r.says("say the word is xyzzy")
	native := claude.Native(r.agent)
	r.close()
	files, err := filepath.Glob(filepath.Join(r.home, "claude", "projects", "*", native+".jsonl"))
	if err != nil || len(files) != 1 {
		t.Fatalf("found %q, %v", files, err)
	}
	if err := os.WriteFile(files[0], nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r.open()
	said := r.says("say going on")
	told := outputs[openapi.NativeSession](said)
	if len(told) != 1 || told[0].ID == native {
		t.Errorf("the host was told %+v", told)
	}
	requests := r.server.Requests()
	claude.Contains(t, fmt.Sprint(requests[len(requests)-1].Messages), "<transcript>", "Assistant: the word is xyzzy")
	// Without any file it goes on under the same name.
	r.close()
	if err := os.RemoveAll(filepath.Join(r.home, "claude", "projects")); err != nil {
		t.Fatal(err)
	}
	r.options.NativeSessionID = told[0].ID
	r.open()
	if told := outputs[openapi.NativeSession](r.says("say again")); len(told) != 0 {
		t.Errorf("the host was told %+v", told)
	}
}

func TestTrap7RealKilledInMidTurn(t *testing.T) {
	r := newReal(t, adapters.Options{})
	r.says("say before the kill")
	turn := r.turn("slow 1000 30")
	turn.AwaitType(t, openapi.EventItemDelta, 2)
	if err := syscall.Kill(claude.PID(r.agent), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_, err := turn.Wait(t)
	var exit *adapters.ExitError
	if !errors.As(err, &exit) || exit.Signal != "killed" {
		t.Fatalf("got %v", err)
	}
	claude.CheckOutputs(t, turn.Outputs())
	r.close()
	r.open()
	r.says("say resumed")
	requests := r.server.Requests()
	claude.Contains(t, fmt.Sprint(requests[len(requests)-1].Messages), "before the kill")
}

// agents.md says that sessions are resumed from the same directory only; this version finds them from any.
func TestTrap8RealResumeFromAnotherDirectory(t *testing.T) {
	r := newReal(t, adapters.Options{})
	r.says("say the word is xyzzy")
	r.close()
	r.options.Directory = t.TempDir()
	r.open()
	said := r.says("say found")
	requests := r.server.Requests()
	text := fmt.Sprint(requests[len(requests)-1].Messages)
	claude.Contains(t, text, "the word is xyzzy")
	if strings.Contains(text, "<transcript>") || len(outputs[openapi.NativeSession](said)) != 0 {
		t.Error("it was begun anew")
	}
}

// Terminate ends the program and the shell that it has started in a session of its own.
func TestTrap9RealTerminateLeavesNoShell(t *testing.T) {
	for _, mode := range []string{"close", "kill"} {
		r := newReal(t, adapters.Options{PermissionMode: "bypass"}, "IS_SANDBOX=1")
		turn := r.turn("run tail -f /dev/null", "say no")
		awaitCommand(t, "tail")
		if mode == "kill" {
			if err := syscall.Kill(claude.PID(r.agent), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
		r.close()
		_, _ = turn.Wait(t)
		claude.CheckOutputs(t, turn.Outputs())
	}
}

// awaitCommand waits for a process that an agent has started: no event tells that a command runs.
func awaitCommand(t *testing.T, name string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		for _, process := range claude.Left(t) {
			if strings.Contains(process, `"`+name+`\x00`) {
				return
			}
		}
	}
	t.Fatalf("%s does not run: %q", name, claude.Left(t))
}

func TestTrap10RealReasonOnStderr(t *testing.T) {
	if os.Getuid() != 0 {
		claude.LeaveOut(t, "needs root: what it is refused is the only start that is sure to fail")
	}
	r := newReal(t, adapters.Options{PermissionMode: "bypass"}, "IS_SANDBOX=")
	_, err := r.turn("say x").Wait(t)
	var exit *adapters.ExitError
	if !errors.As(err, &exit) || exit.ExitCode == nil || *exit.ExitCode != 1 || !strings.Contains(exit.Message, "root") {
		t.Errorf("got %#v", err)
	}
}
