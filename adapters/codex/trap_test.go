package codex

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// The traps are those of contracts/agents.md, section 2, under their numbers, and those that were found later. Those that
// need the real program to be shown are in real_trap_test.go. Of the others:
//
//	1  approvalPolicy "untrusted" goes with the thread: TestModes
//	5  401 and 529 are told twice: TestModelErrors
//	6  an unknown method is refused: TestRequestsThatAreRefused
//	7  turn/plan/updated: TestTodo

// Codex makes no helper programs below the system's directory for temporary files, which patches need: its own directory
// gets one of its own then, which is not the one that the helper programs are in.
func TestTrapHomeBelowTheTemporaryDirectory(t *testing.T) {
	for _, c := range []struct{ env, want string }{
		{"CODEX_HOME=/tmp/x TMPDIR=/tmp", "/tmp/x/temporary"},
		{"CODEX_HOME=/var/lib/x TMPDIR=/var", "/var/lib/x/temporary"},
		{"CODEX_HOME=/home/x TMPDIR=/tmp", "/tmp"},
		{"CODEX_HOME=/tmpx TMPDIR=/tmp", "/tmp"},
	} {
		a := New(Config{DataDir: "/data", Env: strings.Fields(c.env)})
		if !slices.Contains(a.forProgram(), "TMPDIR="+c.want) {
			t.Errorf("%s: got %q", c.env, a.forProgram())
		}
	}
	r := run(t, fakeConfig(t, "TMPDIR="+os.TempDir()), adapters.Options{})
	_, dir, _ := strings.Cut(messages(r.says("env TMPDIR", openapi.TurnStatusCompleted)), "=")
	if info, err := os.Stat(dir); err != nil || !info.IsDir() || filepath.Base(dir) != "temporary" {
		t.Errorf("%s: %v", dir, err)
	}
}

// A thread has one writer: the process of a server that was killed may still be about to end.
func TestTrapThreadThatIsHeld(t *testing.T) {
	config := fakeConfig(t, start("busy"))
	r := run(t, config, adapters.Options{})
	r.says("say first", openapi.TurnStatusCompleted)
	r.close()
	again := run(t, config, adapters.Options{SessionID: "s", NativeSessionID: r.agent.native, Directory: t.TempDir()})
	said := again.says("sent thread/resume", openapi.TurnStatusCompleted)
	contains(t, messages(said), r.agent.native)
	if told := pick[openapi.NativeSession](said); len(told) != 0 {
		t.Errorf("it was begun anew: %+v", told)
	}
}

// A thread that the process has put away is taken up by another one.
func TestTrapThreadThatIsUnloaded(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	r.says("unload", openapi.TurnStatusCompleted)
	contains(t, messages(r.says("sent thread/resume", openapi.TurnStatusCompleted)), r.agent.native)
}

// After an error the process stays up and takes the next turn.
func TestTrapProcessStaysAfterAnError(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	r.says("error 401", openapi.TurnStatusFailed)
	process := r.agent.conn.rpc.Process
	r.says("say alive", openapi.TurnStatusCompleted)
	if r.agent.conn.rpc.Process != process {
		t.Error("the process was started again")
	}
}

// After a SIGKILL there is no turn/completed; the turn ends with the signal, and the session goes on in its thread.
func TestTrapKilledInMidTurn(t *testing.T) {
	config := fakeConfig(t)
	r := run(t, config, adapters.Options{})
	r.says("say first", openapi.TurnStatusCompleted)
	turn := r.host.Turn(t, r.agent, "crash killed")
	_, err := turn.Wait(t)
	var exit *adapters.ExitError
	if !errors.As(err, &exit) || exit.Signal != "killed" || exit.ExitCode != nil {
		t.Fatalf("got %#v", err)
	}
	checkOutputs(t, turn.Outputs())
	contains(t, messages(turn.Outputs()), "last words")
	r.close()
	again := run(t, config, adapters.Options{SessionID: "s", NativeSessionID: r.agent.native, Directory: t.TempDir()})
	contains(t, messages(again.says("sent thread/resume", openapi.TurnStatusCompleted)), r.agent.native)
}

// Shells run in sessions of their own: they are ended with the program, also when that does not listen.
func TestTrapShellsAreEndedToo(t *testing.T) {
	for _, mode := range []string{"", "deaf"} {
		config := fakeConfig(t, start(mode))
		config.StopGrace = 200 * time.Millisecond
		r := run(t, config, adapters.Options{})
		pid := messages(r.says("shell", openapi.TurnStatusCompleted))
		if found := left(t); !slices.ContainsFunc(found, func(s string) bool { return strings.HasPrefix(s, pid+" ") }) {
			t.Fatalf("the shell %s is not among %q", pid, found)
		}
		r.close()
		if found := left(t); len(found) > 0 {
			t.Errorf("%q: left: %q", mode, found)
		}
	}
}

// The only reason may be on stderr.
func TestTrapReasonOnStderr(t *testing.T) {
	t.Run("at the start", func(t *testing.T) {
		r := run(t, fakeConfig(t, start("broken")), adapters.Options{})
		_, err := r.host.Turn(t, r.agent, "say x").Wait(t)
		checkExit(t, err, 7, "no such luck", "warming up\nno such luck")
	})
	t.Run("in mid-turn", func(t *testing.T) {
		r := run(t, fakeConfig(t), adapters.Options{})
		turn := r.host.Turn(t, r.agent, "crash")
		_, err := turn.Wait(t)
		checkExit(t, err, 3, "out of luck", "fatal: out of luck")
		checkOutputs(t, turn.Outputs())
		done := pick[openapi.ItemCompleted](turn.Outputs())
		if last := done[len(done)-1]; last.Item.Status != openapi.ItemStatusFailed || messages(turn.Outputs()) != "last words" {
			t.Errorf("got %+v", done)
		}
	})
}

func checkExit(t *testing.T, err error, code int, message, stderr string) {
	t.Helper()
	var exit *adapters.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("got %v", err)
	}
	if deref(exit.ExitCode) != code || !strings.Contains(exit.Message, message) || exit.Stderr.Head != stderr {
		t.Errorf("got %+v", exit)
	}
}
