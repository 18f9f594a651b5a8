package acp

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/openapi"
)

func TestNotInstalled(t *testing.T) {
	for _, command := range []string{"no-such-program-anywhere", "/no/such/program", "./no-such-program"} {
		a := New(Config{Command: command, DataDir: t.TempDir()})
		if info := a.Info(t.Context()); info.Installed || info.Path != "" {
			t.Errorf("got %+v", info.AgentInfo)
		}
		if _, err := a.Open(t.Context(), adapters.Options{}); !errors.Is(err, adapters.ErrNotInstalled) {
			t.Errorf("got %v", err)
		}
		if _, err := a.Prepare(t.Context(), adapters.Options{}); !errors.Is(err, adapters.ErrNotInstalled) {
			t.Errorf("got %v", err)
		}
		if list, err := a.Models(t.Context()); err != nil || len(list.Models) != 1 || list.Models[0].ID != defaultModel {
			t.Errorf("got %+v, %v", list, err)
		}
	}
}

// A program that was removed since the session was opened.
func TestRemoved(t *testing.T) {
	config := fakeConfig(t)
	self, _ := os.Readlink("/proc/self/exe")
	config.Command = filepath.Join(t.TempDir(), "agent")
	if err := os.Symlink(self, config.Command); err != nil {
		t.Fatal(err)
	}
	r := run(t, config, adapters.Options{})
	if err := os.Remove(config.Command); err != nil {
		t.Fatal(err)
	}
	if _, err := r.host.Turn(t, r.agent, "say x").Wait(t); !errors.Is(err, adapters.ErrNotInstalled) {
		t.Errorf("got %v", err)
	}
}

func TestRefusesToStart(t *testing.T) {
	r := run(t, fakeConfig(t, "broken"), adapters.Options{})
	_, err := r.host.Turn(t, r.agent, "say x").Wait(t)
	checkExit(t, err, 7, "no such luck", "warming up\nno such luck")
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

func TestDiesInMidTurn(t *testing.T) {
	t.Run("by itself", func(t *testing.T) {
		r := run(t, fakeConfig(t), adapters.Options{})
		turn := r.host.Turn(t, r.agent, "crash")
		_, err := turn.Wait(t)
		checkExit(t, err, 3, "out of luck", "fatal: out of luck")
		checkOutputs(t, turn.Outputs())
		if messages(turn.Outputs()) != "last words" || results(turn.Outputs())[0].Status != openapi.ItemStatusFailed {
			t.Errorf("got %+v", turn.Outputs())
		}
	})
	t.Run("killed", func(t *testing.T) {
		config := fakeConfig(t)
		r := run(t, config, adapters.Options{})
		r.says("say first", openapi.TurnStatusCompleted)
		_, err := r.host.Turn(t, r.agent, "crash killed").Wait(t)
		var exit *adapters.ExitError
		if !errors.As(err, &exit) || exit.Signal != "killed" || exit.ExitCode != nil {
			t.Fatalf("got %#v", err)
		}
		r.close()
		again := run(t, config, adapters.Options{NativeSessionID: r.agent.native})
		if got := messages(again.says("show session", openapi.TurnStatusCompleted)); got != r.agent.native {
			t.Errorf("got %q", got)
		}
	})
	t.Run("between turns", func(t *testing.T) {
		r := run(t, fakeConfig(t), adapters.Options{})
		r.says("say one", openapi.TurnStatusCompleted)
		process := r.agent.conn.Process
		if err := syscall.Kill(process.PID(), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		<-process.Done()
		if got := messages(r.says("show session", openapi.TurnStatusCompleted)); got != r.agent.native {
			t.Errorf("got %q", got)
		}
	})
}

func TestStartThatHangs(t *testing.T) {
	for how, want := range map[string]string{"hang": "Fake said nothing within 500ms", "chatty": "Fake did not answer initialize within 500ms"} {
		config := fakeConfig(t, how)
		config.StartTimeout = 500 * time.Millisecond
		r := run(t, config, adapters.Options{})
		_, err := r.host.Turn(t, r.agent, "say x").Wait(t)
		var exit *adapters.ExitError
		if !errors.As(err, &exit) || exit.ExitCode != nil || exit.Signal != "" {
			t.Fatalf("got %#v", err)
		}
		contains(t, exit.Message, want)
	}
}

func TestInterruptOfAStartThatHangs(t *testing.T) {
	config := fakeConfig(t, "hang")
	config.StopGrace = 100 * time.Millisecond
	r := run(t, config, adapters.Options{})
	turn := r.host.Turn(t, r.agent, "say x")
	turn.Interrupt()
	if outcome, err := turn.Wait(t); err != nil || outcome != interrupted {
		t.Errorf("got %v, %v", outcome, err)
	}
}

func TestCloseOfAStartThatHangs(t *testing.T) {
	config, heard := fakeConfig(t, "chatty"), make(lineLog, 10)
	config.Log = slog.New(slog.NewTextHandler(heard, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r := run(t, config, adapters.Options{})
	turn := r.host.Turn(t, r.agent, "say x")
	for !strings.Contains(<-heard, "npm warn something") { // it has begun to speak
	}
	r.close()
	if _, err := turn.Wait(t); !errors.Is(err, errClosed) {
		t.Errorf("got %v", err)
	}
}

// lineLog is a log that can be waited for.
type lineLog chan string

func (s lineLog) Write(line []byte) (int, error) {
	s <- string(line)
	return len(line), nil
}

// A program that does not give in to an interrupt is stopped, and started again by the next turn.
func TestInterruptThatIsIgnored(t *testing.T) {
	config := fakeConfig(t, "stubborn")
	config.InterruptTimeout = 100 * time.Millisecond
	r := run(t, config, adapters.Options{})
	r.says("say first", openapi.TurnStatusCompleted)
	turn := r.host.Turn(t, r.agent, "forever")
	turn.AwaitType(t, openapi.EventItemDelta, 3)
	turn.Interrupt()
	if outcome, err := turn.Wait(t); err != nil || outcome != interrupted {
		t.Fatalf("got %v, %v", outcome, err)
	}
	checkOutputs(t, turn.Outputs())
	done := pick[openapi.ItemCompleted](turn.Outputs())
	if len(done) != 1 || done[0].Item.Status != openapi.ItemStatusFailed {
		t.Errorf("got %+v", done)
	}
	if got := messages(r.says("show session", openapi.TurnStatusCompleted)); got != r.agent.native {
		t.Errorf("got %q", got)
	}
}

// An interrupt reaches the agent before the answers to what it asked: it must not take them for the user's.
func TestInterruptWithdrawsRequests(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	turn := r.host.Turn(t, r.agent, "permissions")
	turn.AwaitType(t, openapi.EventPermissionRequested, 2)
	turn.Interrupt()
	if outcome, err := turn.Wait(t); err != nil || outcome != interrupted {
		t.Fatalf("got %v, %v", outcome, err)
	}
	checkOutputs(t, turn.Outputs())
	r.says("say alive", openapi.TurnStatusCompleted)
}

func TestLogin(t *testing.T) {
	t.Run("nobody is", func(t *testing.T) {
		r := run(t, fakeConfig(t, "login"), adapters.Options{})
		f := pick[openapi.Failure](r.says("say x", openapi.TurnStatusFailed))
		if len(f) != 1 || deref(f[0].Data.Code) != "not_logged_in" {
			t.Fatalf("got %+v", f)
		}
		contains(t, f[0].Data.Message, "not logged in: Authentication required; Fake offers: Log in with a browser (browser), A key (key)")
		if r.agent.conn != nil {
			t.Error("the process was kept")
		}
	})
	t.Run("by the environment", func(t *testing.T) {
		config := fakeConfig(t, "login")
		config.Env["FAKE_KEY"] = "k"
		run(t, config, adapters.Options{}).says("say x", openapi.TurnStatusCompleted)
	})
	t.Run("in vain", func(t *testing.T) {
		config := fakeConfig(t, "login")
		config.Env["FAKE_KEY"] = "wrong"
		f := pick[openapi.Failure](run(t, config, adapters.Options{}).says("say x", openapi.TurnStatusFailed))
		contains(t, f[0].Data.Message, "not logged in: the key is wrong")
	})
}

func TestGarbageIsKept(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	said := r.says("garbage", openapi.TurnStatusCompleted)
	if messages(said) != "still here" {
		t.Errorf("got %q", messages(said))
	}
	var raws []string
	for _, u := range pick[openapi.Unparsed](said) {
		raws = append(raws, string(u.Raw))
	}
	contains(t, strings.Join(raws, "\n"), `"npm warn something"`, `{"jsonrpc":"2.0"}`, `[1,2,3]`, `"params":7`)
}

// Shells run in sessions of their own: they are ended with the program, also when that does not listen.
func TestShellsAreEndedToo(t *testing.T) {
	for _, how := range []string{"", "deaf"} {
		config := fakeConfig(t, how)
		config.StopGrace = 200 * time.Millisecond
		r := run(t, config, adapters.Options{})
		pid := messages(r.says("shell", openapi.TurnStatusCompleted))
		if found := left(t); !slices.ContainsFunc(found, func(s string) bool { return strings.HasPrefix(s, pid+" ") }) {
			t.Fatalf("the shell %s is not among %q", pid, found)
		}
		r.close()
		if found := left(t); len(found) > 0 {
			t.Errorf("%q: left: %q", how, found)
		}
	}
}

func TestLargeToolOutput(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	turn := r.host.Turn(t, r.agent, "floodtool")
	if _, err := turn.Wait(t); err != nil {
		t.Fatal(err)
	}
	out := toolOutputs(turn.Outputs())
	if len(out) != 10<<20 {
		t.Errorf("got %d bytes", len(out))
	}
}

// Twenty sessions of one adapter, in one directory.
func TestManyAtOnce(t *testing.T) {
	a, dir := New(fakeConfig(t)), t.TempDir()
	var all sync.WaitGroup
	for i := range 20 {
		r := runOn(t, a, adapters.Options{SessionID: fmt.Sprint(i), Directory: dir})
		turn := r.host.Turn(t, r.agent, fmt.Sprintf("say I am %d", i))
		all.Go(func() {
			if _, err := turn.Wait(t); err != nil {
				t.Error(err)
			} else if got := messages(turn.Outputs()); got != fmt.Sprintf("I am %d", i) {
				t.Errorf("%d: got %q", i, got)
			}
		})
	}
	all.Wait()
}

func TestManyDeltas(t *testing.T) {
	const n = 20_000
	r := run(t, fakeConfig(t), adapters.Options{})
	begin := time.Now()
	turn := r.host.Turn(t, r.agent, fmt.Sprintf("burst %d", n))
	if _, err := turn.Wait(t); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d deltas in %s", n, time.Since(begin))
	if deltas := pick[openapi.ItemDelta](turn.Outputs()); len(deltas) != n {
		t.Errorf("got %d deltas", len(deltas))
	}
}

func TestForms(t *testing.T) {
	for _, c := range []struct {
		name, form string
		want       []openapi.QuestionDetail
		answers    [][]string
		reply      string
	}{
		{
			"kinds", `{"type":"object","required":["n"],"properties":{"b":{"type":"boolean","description":"Sure?"},"n":{"type":"integer","title":"How many?"},"s":{"type":"string","description":"Why?","title":"W"}}}`,
			[]openapi.QuestionDetail{
				{Question: "Please tell.\n\nSure?", Options: []openapi.QuestionOption{{Label: "yes"}, {Label: "no"}}},
				{Question: "How many?", Options: []openapi.QuestionOption{}}, {Question: "Why?", Header: "W", Options: []openapi.QuestionOption{}},
			},
			[][]string{{"no"}, {"42"}, {"because"}}, `{"action":"accept","content":{"b":false,"n":42,"s":"because"}}`,
		},
		{
			"required", `{"type":"object","required":["n"],"properties":{"n":{"type":"integer","title":"N"}}}`,
			[]openapi.QuestionDetail{{Question: "Please tell.", Header: "N", Options: []openapi.QuestionOption{}}},
			[][]string{{}}, `{"action":"decline"}`,
		},
		{
			"own words that are required", `{"type":"object","required":["c"],"properties":{"c":{"type":"string","enum":["A","B"]},"c_note":{"type":"string"}}}`,
			[]openapi.QuestionDetail{{Question: "Please tell.", Options: []openapi.QuestionOption{{Label: "A"}, {Label: "B"}}}},
			[][]string{{"neither"}}, `{"action":"accept","content":{"c":"neither","c_note":"neither"}}`,
		},
		{
			"nothing to fill in", `{"type":"object"}`,
			[]openapi.QuestionDetail{{Question: "Please tell.", Options: []openapi.QuestionOption{{Label: "yes"}, {Label: "no"}}}},
			[][]string{{"no"}}, `{"action":"decline"}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := run(t, fakeConfig(t), adapters.Options{})
			turn := r.host.Turn(t, r.agent, "form "+c.form)
			asked := turn.AwaitType(t, openapi.EventQuestionRequested, 1)
			adaptertest.Valid(t, asked)
			data := asked.Data.(openapi.QuestionRequestedData)
			if got := fmt.Sprintf("%+v", data.Questions); got != fmt.Sprintf("%+v", c.want) {
				t.Errorf("got %s, want %+v", got, c.want)
			}
			if err := r.host.AnswerQuestion(data.QuestionID, c.answers); err != nil {
				t.Fatal(err)
			}
			if _, err := turn.Wait(t); err != nil {
				t.Fatal(err)
			}
			if got := messages(turn.Outputs()); got != c.reply {
				t.Errorf("got %s", got)
			}
		})
	}
}
