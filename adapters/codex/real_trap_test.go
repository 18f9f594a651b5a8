package codex_test

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/codex"
	"github.com/parleyhq/parley/adapters/codex/codextest"
	"github.com/parleyhq/parley/openapi"
)

// The traps of contracts/agents.md on the real program, under their numbers, and those that were found later; see
// trap_test.go for the others.

// The session's own policy holds, whatever the configuration says: with another one nothing would be asked. So it does
// when the thread is taken up.
func TestTrap1And2RealPolicy(t *testing.T) {
	r := newReal(t, adapters.Options{})
	r.configure("approval_policy = \"never\"\nsandbox_mode = \"danger-full-access\"\n")
	for range 2 {
		turn := r.turn("run touch made", "say done")
		r.permit(turn, 1, openapi.PermissionReplyReject)
		r.ends(turn, openapi.TurnStatusCompleted)
		r.close()
		r.open()
	}
	if r.exists("made") {
		t.Error("made without permission")
	}
}

// In permission mode plan a command is asked for and then runs in a sandbox that can only read. What ends with an error
// there, Codex may run once more outside of it without asking again: the user has permitted it.
func TestTrap3RealReadOnlySandbox(t *testing.T) {
	r := newReal(t, adapters.Options{PermissionMode: "plan"})
	turn := r.turn("run touch made; true", "run touch other", "say done")
	r.permit(turn, 1, openapi.PermissionReplyOnce)
	r.permit(turn, 2, openapi.PermissionReplyReject)
	codex.Contains(t, codex.ToolOutputs(r.ends(turn, openapi.TurnStatusCompleted)), "Read-only file system")
	if r.exists("made") || r.exists("other") {
		t.Error("something was written")
	}
}

// What the program warns of is told once in a session, though it repeats it in every turn and process.
func TestTrap4RealWarnings(t *testing.T) {
	r := newReal(t, adapters.Options{})
	codex.Contains(t, codex.Statuses(r.says("say x")), "warning: Model metadata for `"+codextest.Model+"` not found")
	if s := codex.Statuses(r.says("say x")); s != "" {
		t.Errorf("told again: %q", s)
	}
}

// 401, 500 and 529 end in a failed turn with one error and no answer; the process stays.
func TestTrap5RealErrors(t *testing.T) {
	r := newReal(t, adapters.Options{})
	for status, code := range map[int]string{401: "authentication_failed", 500: "model_error", 529: "model_error"} {
		said := r.ends(r.turn(fmt.Sprintf("error %d no luck", status)), openapi.TurnStatusFailed)
		failures := codex.Outputs[openapi.Failure](said)
		if len(failures) != 1 || *failures[0].Data.Code != code || failures[0].Data.Message == "" {
			t.Errorf("%d: got %+v", status, failures)
		}
		codex.Contains(t, codex.Statuses(said), "retry: Reconnecting... 1/1")
		if text := codex.Messages(said); text != "" {
			t.Errorf("%d: the error looks like an answer: %q", status, text)
		}
	}
	pid := codex.PID(r.agent)
	r.says("say alive")
	if codex.PID(r.agent) != pid {
		t.Error("the process was started again")
	}
}

func TestTrap5RealRecovery(t *testing.T) {
	r := newReal(t, adapters.Options{})
	said := r.says("error 529 x2 overloaded")
	codex.Contains(t, codex.Statuses(said), "retry: ")
	codex.Contains(t, codex.Messages(said), "recovered after 2 errors")
	if f := codex.Outputs[openapi.Failure](said); len(f) != 0 {
		t.Errorf("got %+v", f)
	}
}

// What came before a cut stays, as a failed item; the request is repeated, and at last the turn fails.
func TestTrap5RealStreamCut(t *testing.T) {
	r := newReal(t, adapters.Options{})
	said := r.ends(r.turn("cut partial text"), openapi.TurnStatusFailed)
	failed := 0
	for _, o := range codex.Outputs[openapi.ItemCompleted](said) {
		if o.Item.Kind == openapi.ItemKindMessage && o.Item.Status == openapi.ItemStatusFailed {
			failed++
		}
	}
	f := codex.Outputs[openapi.Failure](said)
	if failed == 0 || len(f) != 1 || !strings.Contains(f[0].Data.Message, "stream disconnected before completion") {
		t.Errorf("%d failed items, %+v", failed, f)
	}
	r.says("say alive")
}

// Without a login and without a key the reason of a refusal is that.
func TestTrap5RealNotLoggedIn(t *testing.T) {
	r := newReal(t, adapters.Options{}, "OPENAI_API_KEY=")
	address, _ := r.overhear("")
	codextest.Configure(codextest.Home(r.home), fmt.Sprintf("openai_base_url = %q\n", address+"/v1"))
	failures := codex.Outputs[openapi.Failure](r.ends(r.turn("error 401 who are you"), openapi.TurnStatusFailed))
	if len(failures) != 1 || *failures[0].Data.Code != "not_logged_in" {
		t.Errorf("got %+v", failures)
	}
}

// A network that is not there ends the turn: by itself the program would wait for it for ever.
func TestTrapRealNoNetwork(t *testing.T) {
	r := newReal(t, adapters.Options{})
	codextest.Env(r.home, "http://127.0.0.1:1")
	failures := codex.Outputs[openapi.Failure](r.ends(r.turn("say x"), openapi.TurnStatusFailed))
	if len(failures) != 1 || *failures[0].Data.Code != "model_error" {
		t.Errorf("got %+v", failures)
	}
}

// An agent with a goal would begin turns by itself, without end.
func TestTrapRealNoGoals(t *testing.T) {
	r := newReal(t, adapters.Options{})
	r.says("say x")
	for _, tool := range r.last().Tools {
		if strings.Contains(tool, "goal") {
			t.Errorf("the tool %s is offered", tool)
		}
	}
}

func TestTrapRealKilledInMidTurn(t *testing.T) {
	r := newReal(t, adapters.Options{})
	r.says("say before the kill")
	native := codex.Native(r.agent)
	turn := r.turn("slow 1000 30")
	turn.AwaitType(t, openapi.EventItemDelta, 2)
	if err := syscall.Kill(codex.PID(r.agent), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_, err := turn.Wait(t)
	var exit *adapters.ExitError
	if !errors.As(err, &exit) || exit.Signal != "killed" {
		t.Fatalf("got %v", err)
	}
	codex.CheckOutputs(t, turn.Outputs())
	r.close()
	r.open()
	r.says("say resumed")
	codex.Contains(t, fmt.Sprint(r.last().Messages), "before the kill")
	if codex.Native(r.agent) != native {
		t.Error("it was begun anew")
	}
}

// Terminate ends the program and the shell that it has started in a session of its own.
func TestTrapRealTerminateLeavesNoShell(t *testing.T) {
	for _, mode := range []string{"close", "kill"} {
		r := newReal(t, adapters.Options{PermissionMode: "bypass"})
		turn := r.turn("run tail -f /dev/null", "say no")
		awaitCommand(t, "tail")
		if mode == "kill" {
			if err := syscall.Kill(codex.PID(r.agent), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
		r.close()
		_, _ = turn.Wait(t)
		codex.CheckOutputs(t, turn.Outputs())
	}
}

// A configuration that the program cannot read is told, with the reason.
func TestTrapRealBrokenConfiguration(t *testing.T) {
	r := newReal(t, adapters.Options{})
	codextest.Configure(codextest.Home(r.home), "model = [this is no TOML\n")
	_, err := r.turn("say x").Wait(t)
	if err == nil || !strings.Contains(err.Error(), "config.toml") {
		t.Errorf("got %v", err)
	}
}
