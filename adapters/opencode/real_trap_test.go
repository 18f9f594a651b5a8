package opencode_test

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
	"github.com/parleyhq/parley/adapters/adaptertest/mcptest"
	"github.com/parleyhq/parley/adapters/opencode"
	"github.com/parleyhq/parley/openapi"
)

// The errors of model providers, with the real program; see trap_test.go for all traps.

func refusedLogin(t *testing.T, r *real) {
	said := r.ends(r.turn("error 401 bad key"), openapi.TurnStatusFailed)
	failures := outputs[openapi.Failure](said)
	if len(failures) != 1 || *failures[0].Data.Code != "authentication_failed" || failures[0].Data.Details.(map[string]any)["api_error_status"] != 401 {
		t.Errorf("got %+v", failures)
	}
	opencode.Contains(t, failures[0].Data.Message, "bad key")
	if text := opencode.Messages(said); text != "" {
		t.Errorf("the error looks like an answer: %q", text)
	}
	r.says("say alive")
}

func errorRecovered(t *testing.T, r *real) {
	said := r.says("error 500 x1 boom")
	opencode.Contains(t, opencode.Statuses(said), "retry: attempt 1 failed: boom; again at ")
	opencode.Contains(t, opencode.Messages(said), "recovered after 1 error")
	if f := outputs[openapi.Failure](said); len(f) != 0 {
		t.Errorf("got %+v", f)
	}
}

func overloaded(t *testing.T, r *real) {
	for _, status := range []int{529, 500} {
		said := r.ends(r.turn(fmt.Sprintf("error %d no luck", status)), openapi.TurnStatusFailed)
		failures := outputs[openapi.Failure](said)
		if len(failures) != 1 || *failures[0].Data.Code != "model_error" || !strings.Contains(failures[0].Data.Message, "no luck") {
			t.Errorf("got %+v", failures)
		}
		opencode.Contains(t, opencode.Statuses(said), "attempt 1 failed", "attempt 2 failed")
	}
	r.says("say alive")
}

// What came before a cut stays, as a failed item; the request is repeated, and at last the turn fails.
func modelCut(t *testing.T, r *real) {
	said := r.ends(r.turn("cut partial text"), openapi.TurnStatusFailed)
	failed := 0
	for _, o := range outputs[openapi.ItemCompleted](said) {
		if o.Item.Kind == openapi.ItemKindMessage && o.Item.Status == openapi.ItemStatusFailed {
			failed++
		}
	}
	if failed == 0 || len(outputs[openapi.Failure](said)) != 1 {
		t.Errorf("%d failed items, %+v", failed, outputs[openapi.Failure](said))
	}
	r.says("say alive")
}

// A killed server fails the turns of all its sessions; they go on in the next one, and after a proper end too. The model
// knows what was said, without being told again.
func TestRealKilledAndResumed(t *testing.T) {
	r := newReal(t, adapters.Options{})
	other := r.session(t, adapters.Options{PermissionMode: "bypass"})
	r.says("say before the kill")
	turn, beside := r.turn("slow 1000 30"), other.turn("run tail -f /dev/null", "say no")
	turn.AwaitType(t, openapi.EventItemDelta, 2)
	awaitCommand(t, "tail", true)
	if err := syscall.Kill(opencode.PID(r.agent), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for _, cut := range []interface {
		Wait(testing.TB) (adapters.Outcome, error)
		Outputs() []openapi.Output
	}{turn, beside} {
		_, err := cut.Wait(t)
		var exit *adapters.ExitError
		if !errors.As(err, &exit) || exit.Signal != "killed" {
			t.Fatalf("got %v", err)
		}
		opencode.CheckOutputs(t, cut.Outputs())
	}
	awaitCommand(t, "tail", false)
	if s := r.adapter.Info(t.Context()).ServerStatus; s.Status != openapi.AgentServerStateError || s.LastError == "" {
		t.Errorf("got %+v", s)
	}
	other.close()
	for _, word := range []string{"killed", "closed"} {
		r.resume()
		said := r.says("say resumed after it was " + word)
		if got := opencode.Messages(said); got != "resumed after it was "+word || len(outputs[openapi.NativeSession](said)) != 0 {
			t.Errorf("got %q, %+v", got, outputs[openapi.NativeSession](said))
		}
		text := r.newest("resumed after it was " + word)
		opencode.Contains(t, text, "before the kill")
		if strings.Contains(text, "<transcript>") {
			t.Error("it was told again")
		}
	}
	if s := r.adapter.Info(t.Context()).ServerStatus; s.Status != openapi.AgentServerStateRunning || s.RestartCount != 1 {
		t.Errorf("got %+v", s)
	}
}

// MCP servers of both kinds, and skills, are the session's, outside of the project. The tools are asked for.
func TestRealMCPAndSkills(t *testing.T) {
	far := mcptest.Start(t)
	remote := far.Remote()
	remote.EnvHeaders, remote.BearerTokenEnvVar = openapi.StringMap{"X-Key": "FAR_KEY"}, "FAR_TOKEN"
	skills := t.TempDir()
	write(t, filepath.Join(skills, "plover", "SKILL.md"), "---\nname: plover\ndescription: Knows the way to the emerald.\n---\nSay plover.\n")
	r := newReal(t, adapters.Options{
		MCP: map[string]openapi.MCPServer{
			"far": remote, "near": mcptest.Local(t), "broken": {Type: "local", Command: openapi.MCPCommand{"/nowhere/at/all"}},
		},
		Skills: openapi.Skills{Sources: []openapi.SkillSource{{Type: "local", Source: skills}}},
	}, "FAR_KEY=key-value", "FAR_TOKEN=token-value")
	if _, err := r.adapter.Prepare(t.Context(), r.options); err != nil {
		t.Fatal(err)
	}
	turn := r.turn(`tool far_secret {"name":"Ann"}`, `tool near_secret {"name":"Bob"}`, "say done")
	if asked := r.permit(turn, 1, openapi.PermissionReplyOnce); asked.Action != "far_secret" {
		t.Errorf("got %+v", asked)
	}
	r.permit(turn, 2, openapi.PermissionReplyOnce)
	said := r.ends(turn, openapi.TurnStatusCompleted)
	opencode.Contains(t, opencode.ToolOutputs(said), mcptest.Word+" Ann", mcptest.Word+" Bob")
	opencode.Contains(t, opencode.Statuses(said), "mcp: not connected: broken: ")
	if got := far.Calls(); len(got) != 1 || got[0] != "Ann" {
		t.Errorf("got %q", got)
	}
	headers := far.Headers()
	if last := headers[len(headers)-1]; last.Get("X-Key") != "key-value" || last.Get("Authorization") != "Bearer token-value" {
		t.Errorf("got %v", last)
	}
	requests := r.requests("far_secret")
	opencode.Contains(t, requests[0].System+fmt.Sprint(requests[0].Messages), "plover", "Knows the way to the emerald.")
	if entries, err := os.ReadDir(r.options.Directory); err != nil || len(entries) != 0 {
		t.Errorf("the project has %v, %v", entries, err)
	}
}

// The project's own configuration applies: its agents, and its rules in every mode.
func TestRealProjectConfiguration(t *testing.T) {
	project := t.TempDir()
	write(t, filepath.Join(project, "opencode.json"), `{
		"permission": {"bash": {"echo *": "allow", "touch forbidden*": "deny"}},
		"agent": {"reviewer": {"mode": "primary", "description": "Reviews", "prompt": "You are the reviewer of record."}}
	}`)
	r := newReal(t, adapters.Options{Directory: project, AgentMode: "reviewer"})
	turn := r.turn("run echo free", "run touch forbidden-1", "run touch asked", "say done")
	if asked := r.permit(turn, 1, openapi.PermissionReplyOnce); asked.Metadata["command"] != "touch asked" {
		t.Errorf("got %+v", asked)
	}
	said := r.ends(turn, openapi.TurnStatusCompleted)
	opencode.Contains(t, opencode.ToolOutputs(said), "free", "rule which prevents")
	opencode.Contains(t, r.requests("run echo free")[0].System, "the reviewer of record")
	bypass := r.session(t, adapters.Options{Directory: project, PermissionMode: "bypass"})
	bypass.shared = true
	bypass.says("run touch forbidden-2", "run touch bypassed", "say done")
	bypass.close()
	if r.exists("forbidden-1") || r.exists("forbidden-2") || !r.exists("asked") || !r.exists("bypassed") {
		t.Error("the project's rules do not hold")
	}
	// A configuration that is wrong is the turn's failure.
	broken := t.TempDir()
	write(t, filepath.Join(broken, "opencode.json"), `{"permission": 5}`)
	wrong := r.session(t, adapters.Options{Directory: broken})
	wrong.shared = true
	failures := outputs[openapi.Failure](wrong.ends(wrong.turn("say x"), openapi.TurnStatusFailed))
	if len(failures) != 1 || failures[0].Data.Message == "" {
		t.Errorf("got %+v", failures)
	}
	wrong.close()
}

// With a key in the environment everything is kept below Parley's data. The agent's commands do not see that, and the
// package for writing plugins is not installed. To terminate the session ends what it runs.
func TestRealPrivateHome(t *testing.T) {
	r := newReal(t, adapters.Options{PermissionMode: "bypass"}, "OPENAI_API_KEY=test", "XDG_CACHE_HOME=/own/cache")
	out := opencode.ToolOutputs(r.says("run env", "say done"))
	for _, not := range []string{"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "OPENCODE_SERVER", "OPENCODE_CONFIG_CONTENT"} {
		if strings.Contains(out, not) {
			t.Errorf("commands see %s", not)
		}
	}
	opencode.Contains(t, out, "XDG_CACHE_HOME=/own/cache", "HOME="+r.home)
	turn := r.turn("run tail -f /dev/null", "say no")
	awaitCommand(t, "tail", true)
	r.close() // leaves no command
	_, _ = turn.Wait(t)
	opencode.CheckOutputs(t, turn.Outputs())
	private := filepath.Join(r.data, "opencode", "home")
	if _, err := os.Stat(filepath.Join(private, "data", "opencode", "opencode.db")); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(filepath.Join(private, "config", "opencode", "node_modules")); err != nil || len(entries) != 0 {
		t.Errorf("installed: %v, %v", entries, err)
	}
	if entries, err := os.ReadDir(r.home); err != nil || len(entries) != 0 {
		t.Errorf("the user's home has %v, %v", entries, err)
	}
}

// Without one, and told so, it is in the user's own, where a login would be. The agent's commands do not see the password
// there either.
func TestRealUserHome(t *testing.T) {
	r := newReal(t, adapters.Options{PermissionMode: "bypass"}, opencode.HomeVariable+"=user")
	write(t, filepath.Join(r.home, ".config", "opencode", "package-lock.json"), `{"packages":{"":{"dependencies":{"@opencode-ai/plugin":"*"}}}}`)
	write(t, filepath.Join(r.home, ".config", "opencode", "node_modules", ".keep"), "")
	if out := opencode.ToolOutputs(r.says("run env", "say done")); strings.Contains(out, "OPENCODE_SERVER_PASSWORD") {
		t.Error("commands see the password")
	}
	r.close()
	if _, err := os.Stat(filepath.Join(r.home, ".local", "share", "opencode", "opencode.db")); err != nil {
		t.Error(err)
	}
}

// awaitCommand waits for a process that an agent has started, or for its end: no event tells that a command runs.
func awaitCommand(t *testing.T, name string, runs bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if strings.Contains(strings.Join(opencode.Left(t), "\n"), `"`+name+`\x00`) == runs {
			return
		}
	}
	t.Fatalf("%s: %q", name, opencode.Left(t))
}
