package opencode

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// The traps are those of contracts/agents.md, section 3, and those that were found on the way. Those that need the real
// program to be shown are in real_trap_test.go too.

// A refused login is no message of the agent; it is told at once, and the server stays.
func TestTrapRefusedLogin(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	for status, code := range map[int]string{401: "authentication_failed", 400: "model_error"} {
		said := r.says(fmt.Sprintf("apierror %d", status), openapi.TurnStatusFailed)
		failures := pick[openapi.Failure](said)
		if len(failures) != 1 || *failures[0].Data.Code != code || failures[0].Data.Details.(map[string]any)["api_error_status"] != status {
			t.Errorf("got %+v", failures)
		}
		if got := messages(said); got != "" {
			t.Errorf("the error looks like an answer: %q", got)
		}
	}
	r.says("say alive", openapi.TurnStatusCompleted)
}

// Requests that fail are repeated without end: the turn is given up after some attempts.
func TestTrapRetriesAreBounded(t *testing.T) {
	config := fakeConfig(t)
	config.Attempts = 3
	r := run(t, New(config), adapters.Options{})
	said := r.says("retry 100000", openapi.TurnStatusFailed)
	failures := pick[openapi.Failure](said)
	if len(failures) != 1 || *failures[0].Data.Code != "model_error" || failures[0].Data.Message != "overloaded" {
		t.Errorf("got %+v", failures)
	}
	contains(t, statuses(said), "retry: attempt 1 failed: overloaded; again at 2026-11-21T20:04:48Z", "attempt 2", "attempt 3")
	for _, done := range pick[openapi.ItemCompleted](said) {
		if done.Item.Kind == openapi.ItemKindMessage && done.Item.Status != openapi.ItemStatusFailed {
			t.Errorf("half an answer is %s", done.Item.Status)
		}
	}
	r.says("say alive", openapi.TurnStatusCompleted)
}

func TestTrapRetryThatSucceeds(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	said := r.says("retry 2", openapi.TurnStatusCompleted)
	contains(t, messages(said), "half an ans\nhalf an ans\nrecovered")
	if f := pick[openapi.Failure](said); len(f) != 0 {
		t.Errorf("got %+v", f)
	}
}

// After a SIGKILL the message stays open for ever. The session goes on, and what was left open is none of the next turn's.
func TestTrapKilledInMidTurn(t *testing.T) {
	a := New(fakeConfig(t))
	r := run(t, a, adapters.Options{})
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
	again := run(t, a, adapters.Options{NativeSessionID: r.agent.native, Directory: r.agent.directory})
	for _, message := range []string{"say on", "cut"} { // what is looked up has the open message in it
		said := again.says(message, openapi.TurnStatusCompleted)
		if strings.Contains(messages(said), "last words") || len(pick[openapi.NativeSession](said)) != 0 {
			t.Errorf("%s: got %+v", message, said)
		}
	}
}

// SIGTERM ends the program by a signal; that is no crash.
func TestTrapStoppedByASignal(t *testing.T) {
	a := New(fakeConfig(t))
	r := run(t, a, adapters.Options{})
	r.says("say x", openapi.TurnStatusCompleted)
	r.close()
	if s := a.Info(t.Context()).ServerStatus; s.Status != openapi.AgentServerStateStopped || s.RestartCount != 0 || s.LastError != "" {
		t.Errorf("got %+v", s)
	}
}

// The program may say that it is idle before its last words, and says it twice after an interrupt.
func TestTrapIdleTooEarlyAndTwice(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	for range 3 {
		said := r.says("late\nsay hello", openapi.TurnStatusCompleted)
		if u := pick[openapi.Usage](said); len(u) != 1 || messages(said) != "hello" {
			t.Errorf("got %+v", said)
		}
		turn := r.host.Turn(t, r.agent, "forever")
		turn.AwaitType(t, openapi.EventItemDelta, 2)
		turn.Interrupt()
		r.ends(turn, openapi.TurnStatusInterrupted)
	}
}

// An error before the work has begun is all that is ever heard of it.
func TestTrapErrorBeforeTheWork(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	failures := pick[openapi.Failure](r.says("nomodel", openapi.TurnStatusFailed))
	if len(failures) != 1 || failures[0].Data.Message != "Model not found" || *failures[0].Data.Code != "agent_error" {
		t.Errorf("got %+v", failures)
	}
	r.says("say alive", openapi.TurnStatusCompleted)
}

// The program would keep "always" for all sessions of a directory.
func TestTrapAlwaysIsForOneSession(t *testing.T) {
	a := New(fakeConfig(t))
	dir := t.TempDir()
	r, other := run(t, a, adapters.Options{Directory: dir}), run(t, a, adapters.Options{Directory: dir, SessionID: "other"})
	turn := r.host.Turn(t, r.agent, "permission\npermission touch y\npermission rm x")
	r.permit(turn, 1, openapi.PermissionReplyAlways)
	if asked := r.permit(turn, 2, openapi.PermissionReplyOnce); asked.Metadata["command"] != "rm x" {
		t.Errorf("got %+v", asked)
	}
	said := r.ends(turn, openapi.TurnStatusCompleted)
	if out := toolOutputs(said); strings.Count(out, `"once"`) != 3 || strings.Contains(out, "always") {
		t.Errorf("got %q", out)
	}
	turn = other.host.Turn(t, other.agent, "permission")
	other.permit(turn, 1, openapi.PermissionReplyOnce)
	other.ends(turn, openapi.TurnStatusCompleted)
}

// A rejection takes all that is open in the session with it: it waits until the user has decided on that too.
func TestTrapRejectionIsHeldBack(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	turn := r.host.Turn(t, r.agent, "permissions")
	turn.AwaitType(t, openapi.EventPermissionRequested, 2)
	r.permit(turn, 1, openapi.PermissionReplyReject)
	r.permit(turn, 2, openapi.PermissionReplyOnce)
	out := toolOutputs(r.ends(turn, openapi.TurnStatusCompleted))
	if strings.Count(out, `"reject"`) != 1 || strings.Count(out, `"once"`) != 1 {
		t.Errorf("got %q", out)
	}
	turn = r.host.Turn(t, r.agent, "permissions")
	turn.AwaitType(t, openapi.EventPermissionRequested, 2)
	r.permit(turn, 2, openapi.PermissionReplyReject)
	r.permit(turn, 1, openapi.PermissionReplyReject)
	if out = toolOutputs(r.ends(turn, openapi.TurnStatusCompleted)); strings.Count(out, `"reject"`) != 2 {
		t.Errorf("got %q", out)
	}
}

// A session's rules do not reach its subagents: they are configured to ask, and what they ask reaches the user.
func TestTrapSubagentsAsk(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	turn := r.host.Turn(t, r.agent, "subagent")
	if asked := r.permit(turn, 1, openapi.PermissionReplyOnce); asked.Metadata["command"] != "touch below" {
		t.Errorf("got %+v", asked)
	}
	said := r.ends(turn, openapi.TurnStatusCompleted)
	if got := messages(said); got != "done\nabove is done" {
		t.Errorf("got %q", got)
	}
	var task string
	for _, o := range pick[openapi.ItemCompleted](said) {
		call, isCall := o.Item.Content[0].Part.(openapi.ToolCallPart)
		text, _ := o.Item.Content[0].Part.(openapi.TextPart)
		switch {
		case isCall && call.Name == "task":
			task = *o.Item.NativeItemID
		case isCall, text.Text == "done":
			if o.Item.ParentID == nil || *o.Item.ParentID != task {
				t.Errorf("%+v does not belong to the task", o.Item)
			}
		}
	}
	if u := pick[openapi.Usage](said); len(u) != 1 || u[0].Data.InputTokens != 4*10 {
		t.Errorf("got %+v", u)
	}
	r.close()
	// In a mode that asks for nothing neither do they.
	free := run(t, New(fakeConfig(t)), adapters.Options{PermissionMode: permissionBypass, SessionID: "free"})
	free.says("subagent\npermissions", openapi.TurnStatusCompleted)
	if n := free.asked(); n != 0 {
		t.Errorf("asked %d times", n)
	}
}

// A title that it is not given costs a request to a model.
func TestTrapTitle(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	if got := messages(r.says("title\nsay more", openapi.TurnStatusCompleted)); got != "\"title\"\nmore" {
		t.Errorf("got %q", got)
	}
	for message, want := range map[string]string{
		"": "the text", " \n first\nsecond": "first", strings.Repeat("ä", 100): strings.Repeat("ä", 59) + "…", "\xff\n": "Parley",
	} {
		if got := title(adapters.Input{Message: message, Text: "the text"}); got != want {
			t.Errorf("%q: got %q", message, got)
		}
	}
}

// The summary that the program makes of a long session is for its model.
func TestTrapCompaction(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	said := r.says("say before\ncompact\nsay after", openapi.TurnStatusCompleted)
	if got := messages(said); got != "before\nafter" || statuses(said) != "compacted" {
		t.Errorf("got %q, %q", got, statuses(said))
	}
}

func TestUnknownEventIsKept(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	said := r.says("unknown", openapi.TurnStatusCompleted)
	kept := pick[openapi.Unparsed](said)
	if len(kept) != 1 || kept[0].Data.Location != "opencode.event" || kept[0].Data.Error != `unknown event "session.from.the.future"` {
		t.Fatalf("got %+v", kept)
	}
	contains(t, string(kept[0].Raw), `"x":1`)
	contains(t, statuses(said), "unknown part: hologram")
}

func TestGarbageIsKept(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	said := r.says("garbage", openapi.TurnStatusCompleted)
	var raws []string
	for _, u := range pick[openapi.Unparsed](said) {
		raws = append(raws, string(u.Raw))
	}
	contains(t, strings.Join(raws, "\n"), `"not json"`, `"{"`, `"{\"type\":"`, `{}`, `{"type":""}`, `[1,2,3]`, `brand.new`)
	if messages(said) != "still here" {
		t.Errorf("got %q", messages(said))
	}
}

func TestRequestThatIsWithdrawn(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	contains(t, messages(r.says("withdraw", openapi.TurnStatusCompleted)), "went on")
	for _, e := range r.host.Log() {
		if d, ok := e.Data.(openapi.PermissionResolvedData); ok && d.Status == openapi.PermissionStatusReject {
			return
		}
	}
	t.Error("the request was not resolved")
}

func TestQuestionThatAsksNothing(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	contains(t, messages(r.says("empty", openapi.TurnStatusCompleted)), "done")
}

func TestUsage(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	for range 2 {
		turn := r.host.Turn(t, r.agent, "permission")
		r.permit(turn, 1, openapi.PermissionReplyOnce)
		u := pick[openapi.Usage](r.ends(turn, openapi.TurnStatusCompleted))
		if len(u) != 1 {
			t.Fatalf("got %+v", u)
		}
		d := u[0].Data
		if *d.CostUSD != 0.5 || d.InputTokens != 20 || d.OutputTokens != 10 || d.ReasoningTokens != 2 || d.CacheReadTokens != 6 ||
			d.CacheWriteTokens != 4 || d.ContextWindow != 1000 || d.Model != "fake/large" {
			t.Errorf("got %+v", d)
		}
	}
}

func TestTodos(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	if got := statuses(r.says("todo", openapi.TurnStatusCompleted)); got != "plan: [x] one\n[ ] two" {
		t.Errorf("got %q", got)
	}
}

// A session that OpenCode does not have is begun anew, and told what was said before.
func TestReplay(t *testing.T) {
	a := New(fakeConfig(t))
	first := run(t, a, adapters.Options{})
	first.says("say the secret word is xyzzy", openapi.TurnStatusCompleted)
	first.close()
	for _, native := range []string{"ses_unknown", "not even an id of its kind", ""} {
		o := adapters.Options{SessionID: "s", NativeSessionID: native, History: historyOf(first.host.Log())}
		r := run(t, a, o)
		said := r.says("prompt", openapi.TurnStatusCompleted)
		contains(t, messages(said), `\u003ctranscript\u003e`, "Assistant: the secret word is xyzzy")
		if told := pick[openapi.NativeSession](said); len(told) != 1 || told[0].ID != r.agent.native || told[0].ID == native {
			t.Errorf("the host was told %+v", told)
		}
		if got := messages(r.says("prompt", openapi.TurnStatusCompleted)); strings.Contains(got, "xyzzy") {
			t.Errorf("told again: %q", got)
		}
	}
	o := adapters.Options{SessionID: "s", NativeSessionID: first.agent.native, History: historyOf(first.host.Log()), Directory: first.agent.directory}
	if got := messages(run(t, a, o).says("prompt", openapi.TurnStatusCompleted)); strings.Contains(got, "xyzzy") {
		t.Errorf("a session that it knows was told: %q", got)
	}
}

// The rules of a session are made of its mode and of those that its agent has.
func TestRulesOfASession(t *testing.T) {
	a := New(fakeConfig(t))
	run(t, a, adapters.Options{}).says("say up", openapi.TurnStatusCompleted)
	for _, c := range []struct {
		options adapters.Options
		has     []rule
		lacks   []rule
	}{
		{adapters.Options{PermissionMode: permissionDefault}, []rule{{"bash", "*", ask}, {"bash", "rm *", deny}, {"edit", "*.md", ask}, {"task", "general", allow}}, nil},
		{adapters.Options{PermissionMode: permissionAcceptEdits}, []rule{{"bash", "*", ask}, {"edit", "*", allow}, {"edit", "*.md", allow}, {"bash", "rm *", deny}}, nil},
		{adapters.Options{PermissionMode: permissionBypass}, []rule{{"bash", "*", allow}, {"doom_loop", "*", allow}, {"bash", "rm *", deny}}, []rule{{"bash", "*", ask}}},
		{adapters.Options{PermissionMode: permissionPlan}, []rule{{"bash", "*", ask}, {"edit", "*", deny}}, []rule{{"bash", "rm *", deny}}},
		{adapters.Options{PermissionMode: permissionBypass, AgentMode: modePlan}, []rule{{"edit", "*", deny}, {"bash", "*", allow}}, nil},
		{adapters.Options{AgentMode: "reviewer", PermissionMode: permissionPlan}, []rule{{"bash", "*", ask}, {"edit", "*", deny}}, nil},
	} {
		r := run(t, a, c.options)
		var got []rule
		if err := json.Unmarshal([]byte(messages(r.says("rules", openapi.TurnStatusCompleted))), &got); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.has {
			if !slices.Contains(got, want) {
				t.Errorf("%+v: no %v in %v", c.options, want, got)
			}
		}
		for _, other := range c.lacks {
			if slices.Contains(got, other) {
				t.Errorf("%+v: %v in %v", c.options, other, got)
			}
		}
		r.close()
	}
}
