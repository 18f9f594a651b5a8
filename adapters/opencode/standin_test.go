package opencode

import (
	"errors"
	"fmt"
	"net/http"
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

func TestStartThatHangs(t *testing.T) {
	config := fakeConfig(t, start("hang"))
	config.StartTimeout = 200 * time.Millisecond
	r := run(t, New(config), adapters.Options{})
	_, err := r.host.Turn(t, r.agent, "say x").Wait(t)
	var exit *adapters.ExitError
	if !errors.As(err, &exit) || exit.ExitCode != nil || exit.Signal != "" {
		t.Fatalf("got %#v", err)
	}
	contains(t, exit.Message, "did not listen within 200ms")
}

func TestInterruptOfAStartThatHangs(t *testing.T) {
	r := run(t, New(fakeConfig(t, start("hang"))), adapters.Options{})
	turn := r.host.Turn(t, r.agent, "say x")
	turn.Interrupt()
	if outcome, err := turn.Wait(t); err != nil || outcome != interrupted {
		t.Errorf("got %v, %v", outcome, err)
	}
}

func TestCloseOfAStartThatHangs(t *testing.T) {
	r := run(t, New(fakeConfig(t, start("hang"))), adapters.Options{})
	turn := r.host.Turn(t, r.agent, "say x")
	r.close()
	if _, err := turn.Wait(t); !errors.Is(err, errClosed) {
		t.Errorf("got %v", err)
	}
}

// A start that one session gives up goes on for another one that waits for it.
func TestStartIsShared(t *testing.T) {
	a := New(fakeConfig(t))
	var starts sync.WaitGroup
	for range 5 {
		r := run(t, a, adapters.Options{SessionID: "s"})
		turn := r.host.Turn(t, r.agent, "say x")
		turn.Interrupt()
		starts.Go(func() { _, _ = turn.Wait(t) })
	}
	r := run(t, a, adapters.Options{SessionID: "other"})
	r.says("say up", openapi.TurnStatusCompleted)
	starts.Wait()
	if n := len(left(t)); n != 1 {
		t.Errorf("%d processes", n)
	}
}

func TestRefusesToStart(t *testing.T) {
	a := New(fakeConfig(t, start("broken")))
	r := run(t, a, adapters.Options{})
	_, err := r.host.Turn(t, r.agent, "say x").Wait(t)
	checkExit(t, err, 7, "no such luck", "warming up\nno such luck")
	status := a.Info(t.Context()).ServerStatus
	if status.Status != openapi.AgentServerStateError || !strings.Contains(status.LastError, "no such luck") || status.BaseURL != "" {
		t.Errorf("got %+v", status)
	}
}

func checkExit(t *testing.T, err error, code int, message, stderr string) {
	t.Helper()
	var exit *adapters.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("got %v", err)
	}
	if exit.ExitCode == nil || *exit.ExitCode != code || !strings.Contains(exit.Message, message) || exit.Stderr.Head != stderr {
		t.Errorf("got %+v", exit)
	}
}

// Another program may have taken the port that was found free.
func TestPortTaken(t *testing.T) {
	r := run(t, New(fakeConfig(t, start("taken"))), adapters.Options{})
	contains(t, messages(r.says("say up", openapi.TurnStatusCompleted)), "up")
}

func TestProgramThatIsGone(t *testing.T) {
	config := fakeConfig(t)
	config.Program = filepath.Join(t.TempDir(), "opencode")
	r := run(t, New(config), adapters.Options{})
	if _, err := r.host.Turn(t, r.agent, "say x").Wait(t); !errors.Is(err, adapters.ErrNotInstalled) {
		t.Errorf("got %v", err)
	}
}

// The server is for nobody else: it listens on this machine only and knows a password that nobody is told.
func TestPassword(t *testing.T) {
	a := New(fakeConfig(t))
	seen := map[string]bool{}
	for range 2 {
		r := run(t, a, adapters.Options{})
		args := messages(r.says("args", openapi.TurnStatusCompleted))
		s := r.server()
		info := a.Info(t.Context())
		for _, text := range []string{args, fmt.Sprintf("%+v", info), strings.Join(left(t), "\n")} {
			if strings.Contains(text, s.password) {
				t.Errorf("the password is in %q", text)
			}
		}
		contains(t, args, `"serve","--hostname","127.0.0.1"`)
		if !strings.HasPrefix(s.base, "http://127.0.0.1:") || s.base != info.ServerStatus.BaseURL || len(s.password) < 20 || seen[s.password] {
			t.Errorf("got %s, %+v", s.base, info.ServerStatus)
		}
		seen[s.password] = true
		resp, err := http.Get(s.base + "/session/status?directory=/")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("got %s", resp.Status)
		}
		http.DefaultClient.CloseIdleConnections()
		r.close()
	}
}

// What a project is configured with may be wrong. That is the turn's failure, not the server's.
func TestConfigurationThatIsRefused(t *testing.T) {
	a := New(fakeConfig(t, start("badconfig")))
	r := run(t, a, adapters.Options{})
	said := r.says("say x", openapi.TurnStatusFailed)
	failures := pick[openapi.Failure](said)
	if len(failures) != 1 || *failures[0].Data.Code != "agent_error" || len(said) != 1 {
		t.Fatalf("got %+v", said)
	}
	contains(t, failures[0].Data.Message, "opencode.json is not what it should be")
	if s := a.Info(t.Context()).ServerStatus.Status; s != openapi.AgentServerStateRunning {
		t.Errorf("the server is %s", s)
	}
}

// The death of a server ends the turns of all its sessions, and they go on in the next one.
func TestServerThatDiesWithSeveralSessions(t *testing.T) {
	a := New(fakeConfig(t))
	dir := t.TempDir()
	var all []*running
	var turns []*adaptertest.Turn
	for i := range 4 {
		o := adapters.Options{SessionID: fmt.Sprint(i)}
		if i < 2 {
			o.Directory = dir
		}
		r := run(t, a, o)
		r.says("say hello", openapi.TurnStatusCompleted)
		all = append(all, r)
	}
	for i, r := range all[:3] {
		turns = append(turns, r.host.Turn(t, r.agent, "forever"))
		turns[i].AwaitType(t, openapi.EventItemDelta, 2)
	}
	crash := all[3].host.Turn(t, all[3].agent, "crash")
	for _, turn := range append(turns, crash) {
		_, err := turn.Wait(t)
		checkExit(t, err, 3, "out of luck", "fatal: out of luck")
		checkOutputs(t, turn.Outputs())
	}
	if got := messages(crash.Outputs()); got != "last words" {
		t.Errorf("got %q", got)
	}
	status := a.Info(t.Context()).ServerStatus
	if status.Status != openapi.AgentServerStateError || status.LastError == "" || status.RestartCount != 0 {
		t.Errorf("got %+v", status)
	}
	for _, r := range all {
		r.close()
		again := run(t, a, adapters.Options{SessionID: "s", NativeSessionID: r.agent.native, Directory: r.agent.directory})
		if told := pick[openapi.NativeSession](again.says("say on", openapi.TurnStatusCompleted)); len(told) != 0 {
			t.Errorf("the session was begun anew: %+v", told)
		}
	}
	status = a.Info(t.Context()).ServerStatus
	if status.Status != openapi.AgentServerStateRunning || status.RestartCount != 1 || status.LastError != "" || status.BaseURL == "" {
		t.Errorf("got %+v", status)
	}
}

func TestServerThatDiesBetweenTurns(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	r.says("say one", openapi.TurnStatusCompleted)
	process := r.server().process
	if err := syscall.Kill(process.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-process.Done()
	if told := pick[openapi.NativeSession](r.says("say two", openapi.TurnStatusCompleted)); len(told) != 0 {
		t.Errorf("the session was begun anew: %+v", told)
	}
}

// A program that does not give in to an interrupt is not waited for. Its server may be others' and stays.
func TestInterruptThatIsIgnored(t *testing.T) {
	for _, mode := range []string{"stubborn", "hangabort"} {
		t.Run(mode, func(t *testing.T) {
			config := fakeConfig(t, start(mode))
			config.InterruptTimeout = 100 * time.Millisecond
			a := New(config)
			r, other := run(t, a, adapters.Options{SessionID: "s"}), run(t, a, adapters.Options{SessionID: "other"})
			turn, untouched := r.host.Turn(t, r.agent, "forever"), other.host.Turn(t, other.agent, "forever")
			turn.AwaitType(t, openapi.EventItemDelta, 3)
			untouched.AwaitType(t, openapi.EventItemDelta, 3)
			turn.Interrupt()
			said := r.ends(turn, openapi.TurnStatusInterrupted)
			if done := pick[openapi.ItemCompleted](said); len(done) != 1 || done[0].Item.Status != openapi.ItemStatusFailed {
				t.Errorf("got %+v", done)
			}
			contains(t, messages(r.says("say on", openapi.TurnStatusCompleted)), "on")
			if other.server() != r.server() {
				t.Error("the server was changed")
			}
			untouched.AwaitType(t, openapi.EventItemDelta, 1+len(pick[openapi.ItemDelta](other.host.Outputs())))
		})
	}
}

// A server that does nothing any more holds up neither an interrupt nor a close.
func TestServerThatStandsStill(t *testing.T) {
	config := fakeConfig(t)
	config.InterruptTimeout, config.StopGrace = 100*time.Millisecond, 100*time.Millisecond
	r := run(t, New(config), adapters.Options{})
	r.says("say x", openapi.TurnStatusCompleted)
	running := r.host.Turn(t, r.agent, "forever")
	running.AwaitType(t, openapi.EventItemDelta, 2)
	if err := syscall.Kill(r.server().process.PID(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	running.Interrupt()
	r.ends(running, openapi.TurnStatusInterrupted)
	r.close()
}

// Nor does one that does not take the message.
func TestMessageThatIsNotTaken(t *testing.T) {
	config := fakeConfig(t, start("hangprompt"))
	config.InterruptTimeout = 100 * time.Millisecond
	r := run(t, New(config), adapters.Options{})
	turn := r.host.Turn(t, r.agent, "say x")
	r.host.AwaitOutputs(t, 1) // the session's name
	turn.Interrupt()
	r.ends(turn, openapi.TurnStatusInterrupted)
}

// An interrupt of a session that is closed leaves the others of the server alone.
func TestCloseBesideOthers(t *testing.T) {
	a := New(fakeConfig(t))
	dir := t.TempDir()
	r, other := run(t, a, adapters.Options{Directory: dir}), run(t, a, adapters.Options{Directory: dir, SessionID: "other"})
	turn, untouched := r.host.Turn(t, r.agent, "forever"), other.host.Turn(t, other.agent, "permission")
	turn.AwaitType(t, openapi.EventItemDelta, 3)
	asked := untouched.AwaitType(t, openapi.EventPermissionRequested, 1).Data.(openapi.PermissionRequestedData)
	r.close()
	if _, err := turn.Wait(t); !errors.Is(err, errClosed) {
		t.Errorf("got %v", err)
	}
	checkOutputs(t, turn.Outputs())
	if err := other.host.AnswerPermission(asked.PermissionID, openapi.PermissionReplyOnce); err != nil {
		t.Fatal(err)
	}
	other.ends(untouched, openapi.TurnStatusCompleted)
}

func TestShellsAreEndedToo(t *testing.T) {
	for _, mode := range []string{"", "deaf"} {
		config := fakeConfig(t, start(mode))
		config.StopGrace = 200 * time.Millisecond
		r := run(t, New(config), adapters.Options{})
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

// Two sessions in one directory share a stream, and hear only their own.
func TestTwoSessionsInOneDirectory(t *testing.T) {
	a := New(fakeConfig(t))
	dir := t.TempDir()
	one, other := run(t, a, adapters.Options{Directory: dir}), run(t, a, adapters.Options{Directory: dir, SessionID: "other"})
	first := one.host.Turn(t, one.agent, "permission")
	asked := first.AwaitType(t, openapi.EventPermissionRequested, 1).Data.(openapi.PermissionRequestedData)
	if got := messages(other.says("say mine\nstreams", openapi.TurnStatusCompleted)); got != "mine\n1" {
		t.Errorf("got %q", got)
	}
	if n := other.asked(); n != 0 {
		t.Error("it was asked for the other's permission")
	}
	if err := one.host.AnswerPermission(asked.PermissionID, openapi.PermissionReplyOnce); err != nil {
		t.Fatal(err)
	}
	if got := messages(one.ends(first, openapi.TurnStatusCompleted)); got != "done" {
		t.Errorf("got %q", got)
	}
}

// A session with MCP servers or skills has a server of its own, the others share one.
func TestServersOfTheirOwn(t *testing.T) {
	a := New(fakeConfig(t))
	skills := t.TempDir()
	if err := os.MkdirAll(filepath.Join(skills, "plover"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(skills, "plover", "SKILL.md"), []byte("plover"), 0o600); err != nil {
		t.Fatal(err)
	}
	servers := map[*server]string{}
	for i, o := range []adapters.Options{
		{}, {Model: "fake/small"},
		{MCP: map[string]openapi.MCPServer{"good": {Type: "remote", URL: "http://there"}}},
		{Skills: openapi.Skills{Sources: []openapi.SkillSource{{Type: "local", Source: skills}}}},
	} {
		o.SessionID = fmt.Sprint(i)
		r := run(t, a, o)
		said := messages(r.says("env OPENCODE_CONFIG_CONTENT", openapi.TurnStatusCompleted))
		servers[r.server()] = said
	}
	all := fmt.Sprint(servers)
	if len(servers) != 3 || len(left(t)) != 3 || strings.Count(all, `"url":"http://there"`) != 1 || strings.Count(all, skills+"/plover") != 1 {
		t.Errorf("got %s", all)
	}
}

func TestTwentySessionsAtOnce(t *testing.T) {
	a := New(fakeConfig(t))
	dir := t.TempDir()
	var all []*running
	var turns []*adaptertest.Turn
	for i := range 20 {
		o := adapters.Options{SessionID: fmt.Sprint(i)}
		if i%2 == 0 {
			o.Directory = dir
		}
		all = append(all, run(t, a, o))
	}
	for i, r := range all {
		turns = append(turns, r.host.Turn(t, r.agent, fmt.Sprintf("say I am %d\nburst 200\nthink so %d", i, i)))
	}
	for i, turn := range turns {
		said := all[i].ends(turn, openapi.TurnStatusCompleted)
		contains(t, messages(said), fmt.Sprintf("I am %d\ntick0", i), "tick199")
		if n := len(pick[openapi.ItemDelta](said)); n != 3+200+2 {
			t.Errorf("%d: %d deltas", i, n)
		}
	}
	if n := len(left(t)); n != 1 {
		t.Errorf("%d processes", n)
	}
}

func TestTwoVersionsAtOnce(t *testing.T) {
	config := fakeConfig(t)
	self := config.Program
	config.Program = ""
	for _, version := range []string{"1.0.0", Version} {
		for _, platform := range []string{"linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64"} {
			path := filepath.Join(config.DataDir, "npm", "opencode-ai", version, "node_modules", "opencode-"+platform, "bin", "opencode")
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(self, path); err != nil {
				t.Fatal(err)
			}
		}
	}
	a := New(config)
	old, now := run(t, a, adapters.Options{AgentVersion: "1.0.0"}), run(t, a, adapters.Options{SessionID: "now"})
	one, other := old.host.Turn(t, old.agent, "forever"), now.host.Turn(t, now.agent, "forever")
	one.AwaitType(t, openapi.EventItemDelta, 1)
	other.AwaitType(t, openapi.EventItemDelta, 1)
	if old.server() == now.server() || !strings.Contains(old.agent.program, "1.0.0") || !strings.Contains(now.agent.program, Version) {
		t.Errorf("got %s and %s", old.agent.program, now.agent.program)
	}
	if n := len(left(t)); n != 2 {
		t.Errorf("%d processes", n)
	}
	one.Interrupt()
	old.ends(one, openapi.TurnStatusInterrupted)
	old.close()
	if n := len(left(t)); n != 1 {
		t.Errorf("%d processes after one was closed", n)
	}
	other.Interrupt()
	now.ends(other, openapi.TurnStatusInterrupted)
	if _, err := a.Open(t.Context(), adapters.Options{AgentVersion: "3.0.0"}); !errors.Is(err, adapters.ErrNotInstalled) {
		t.Errorf("got %v", err)
	}
}

func TestManyDeltas(t *testing.T) {
	const n = 10_000
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	begin := time.Now()
	said := r.says(fmt.Sprintf("burst %d", n), openapi.TurnStatusCompleted)
	t.Logf("%d deltas in %s", n, time.Since(begin))
	if deltas := pick[openapi.ItemDelta](said); len(deltas) != n {
		t.Errorf("got %d deltas", len(deltas))
	}
}
