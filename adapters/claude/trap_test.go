package claude

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/environ"
	"github.com/parleyhq/parley/openapi"
)

// The traps are those of contracts/agents.md, section 1, under their numbers. Those that need the real program to be
// shown are in real_trap_test.go too.

// The result of a failed model request says subtype "success"; is_error and terminal_reason tell.
func TestTrap1SubtypeSuccessWithAnError(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	said := r.says("apierror 529", openapi.TurnStatusFailed)
	failures := pick[openapi.Failure](said)
	if len(failures) != 1 || deref(failures[0].Data.Code) != "model_error" {
		t.Fatalf("got %+v", failures)
	}
	if text := messages(said); text != "" {
		t.Errorf("the error looks like an answer: %q", text)
	}
	details := failures[0].Data.Details.(map[string]any)
	if details["api_error_status"] != 529 || details["error"] != "server_error" {
		t.Errorf("got %v", details)
	}
}

// After an error the process stays up and takes the next turn.
func TestTrap2ProcessStaysAfterAnError(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	r.says("apierror 401", openapi.TurnStatusFailed)
	process := r.agent.conn.process
	r.says("say alive", openapi.TurnStatusCompleted)
	if r.agent.conn.process != process {
		t.Error("the process was started again")
	}
}

// 401 is retried like 529, for three minutes: the number of tries is bounded unless the environment has one.
func TestTrap3RetriesAreBounded(t *testing.T) {
	for _, env := range [][]string{nil, {"CLAUDE_CODE_MAX_RETRIES=2"}} {
		want := maxRetries
		if env != nil {
			want = "2"
		}
		r := run(t, fakeConfig(t, env...), adapters.Options{})
		if got := messages(r.says("env CLAUDE_CODE_MAX_RETRIES", openapi.TurnStatusCompleted)); got != "CLAUDE_CODE_MAX_RETRIES="+want {
			t.Errorf("got %q", got)
		}
	}
}

// A cut stream is followed by an answer that does not stream: items come whole then.
func TestTrap4AnswerThatDoesNotStream(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	said := r.says("whole in one piece", openapi.TurnStatusCompleted)
	if len(pick[openapi.ItemDelta](said)) != 0 || messages(said) != "in one piece" || len(pick[openapi.ItemStarted](said)) != 1 {
		t.Errorf("got %+v", said)
	}
}

// A session that cannot be resumed is begun anew under another name, which the host is told, with what was said before.
func TestTrap5ResumeOfAnUnknownSession(t *testing.T) {
	config := fakeConfig(t)
	first := run(t, config, adapters.Options{})
	first.says("say the word is xyzzy", openapi.TurnStatusCompleted)
	native := first.agent.native
	first.close()
	file := filepath.Join(environ.New(config.Env)[configDirVariable], "projects", "-somewhere", native+".jsonl")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o := adapters.Options{SessionID: "s", NativeSessionID: native, Directory: t.TempDir(), History: historyOf(first.host.Log())}
	r := run(t, config, o)
	said := r.says("content", openapi.TurnStatusCompleted)
	contains(t, messages(said), "the word is xyzzy")
	told := pick[openapi.NativeSession](said)
	if len(told) != 1 || told[0].ID == native || uuid.Validate(told[0].ID) != nil {
		t.Errorf("the host was told %+v", told)
	}
	if len(pick[openapi.Failure](said)) != 0 {
		t.Error("the user was told of a failure")
	}
}

// A session that is there although its file was not found is resumed.
func TestTrap5SessionAlreadyInUse(t *testing.T) {
	r := run(t, fakeConfig(t, start("taken")), adapters.Options{})
	contains(t, messages(r.says("args", openapi.TurnStatusCompleted)), "--resume "+r.agent.native)
}

// Root may not bypass permissions, unless the environment says that it is a sandbox: said before the session exists.
func TestTrap6BypassAsRoot(t *testing.T) {
	if os.Getuid() != 0 {
		if refusesBypass(environ.Env{}, os.Getuid()) {
			t.Error("refused to a user who is not root")
		}
		LeaveOut(t, "the rest needs root")
	}
	bypass := adapters.Options{PermissionMode: permissionBypass}
	var refused *adapters.OptionError
	if _, err := New(fakeConfig(t)).Prepare(t.Context(), bypass); !errors.As(err, &refused) || refused.Option != "permissionMode" {
		t.Errorf("got %v", err)
	}
	if _, err := New(fakeConfig(t, "IS_SANDBOX=yes")).Prepare(t.Context(), bypass); !errors.As(err, &refused) {
		t.Errorf("got %v: the program takes no other value than 1", err)
	}
	if _, err := New(fakeConfig(t, "IS_SANDBOX=1")).Prepare(t.Context(), bypass); err != nil {
		t.Error(err)
	}
}

// After a SIGKILL there is no result line; the turn ends with the signal, and the session goes on.
func TestTrap7KilledInMidTurn(t *testing.T) {
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
	contains(t, messages(again.says("args", openapi.TurnStatusCompleted)), "--resume "+r.agent.native)
}

// Sessions are stored by working directory, and resumed from another one as well.
func TestTrap8ResumeFromAnotherDirectory(t *testing.T) {
	config := fakeConfig(t)
	r := run(t, config, adapters.Options{})
	r.says("say first", openapi.TurnStatusCompleted)
	r.close()
	elsewhere := run(t, config, adapters.Options{SessionID: "s", NativeSessionID: r.agent.native, Directory: t.TempDir()})
	contains(t, messages(elsewhere.says("args", openapi.TurnStatusCompleted)), "--resume "+r.agent.native)
}

// Shells run in sessions of their own: they are ended with the program, also when that does not listen.
func TestTrap9ShellsAreEndedToo(t *testing.T) {
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

// Output can stop at any line, and the only reason may be on stderr.
func TestTrap10ReasonOnStderr(t *testing.T) {
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
		if len(done) != 1 || done[0].Item.Status != openapi.ItemStatusFailed || messages(turn.Outputs()) != "last words" {
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
