package acp

import (
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// The traps are those of contracts/agents.md, section 5. Those that need a real program to be shown are in real_*_test.go too.

// The client declares neither files nor terminals and forms for questions, and says version 1: the stand-in refuses another one.
// An agent of another version is not talked to.
func TestTrapVersion(t *testing.T) {
	r := run(t, fakeConfig(t, "v2"), adapters.Options{})
	f := pick[openapi.Failure](r.says("say x", openapi.TurnStatusFailed))
	if len(f) != 1 || deref(f[0].Data.Code) != "agent_error" {
		t.Fatalf("got %+v", f)
	}
	contains(t, f[0].Data.Message, "Fake speaks version 2", "Parley speaks version 1")
}

// Gemini CLI asks before it announces a call, and some calls are never announced.
func TestTrapUpdateOfAnUnknownCall(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	said := r.says("silent", openapi.TurnStatusCompleted)
	calls := parts[openapi.ToolCallPart](said)
	if len(calls) != 1 || calls[0].Name != "read" || calls[0].Arguments != `{"locations":["/x/y.txt"],"title":"never announced"}` {
		t.Errorf("got %+v", calls)
	}
	if files := parts[openapi.FileRefPart](said); len(files) != 1 || files[0].Path != "/x/y.txt" || files[0].Action != openapi.FileActionRead {
		t.Errorf("got %+v", files)
	}
}

func TestTrapPermissionBeforeTheCall(t *testing.T) {
	for reply, want := range map[openapi.PermissionReply]string{openapi.PermissionReplyOnce: "completed", openapi.PermissionReplyReject: "failed"} {
		r := run(t, fakeConfig(t), adapters.Options{})
		turn := r.host.Turn(t, r.agent, "edit")
		asked := turn.AwaitType(t, openapi.EventPermissionRequested, 1).Data.(openapi.PermissionRequestedData)
		if asked.Action != "edit" || len(asked.Metadata["diffs"].([]object)) != 1 {
			t.Errorf("got %+v", asked)
		}
		if err := r.host.AnswerPermission(asked.PermissionID, reply); err != nil {
			t.Fatal(err)
		}
		if _, err := turn.Wait(t); err != nil {
			t.Fatal(err)
		}
		said := turn.Outputs()
		checkOutputs(t, said)
		files := parts[openapi.FileRefPart](said)
		if reply == openapi.PermissionReplyReject {
			if len(files) != 0 || string(results(said)[0].Status) != want {
				t.Errorf("%s: got %+v", reply, results(said))
			}
			continue
		}
		if len(files) != 2 || string(results(said)[0].Status) != want {
			t.Fatalf("%s: got %+v", reply, files)
		}
		contains(t, deref(files[0].Diff), "--- /w/f.txt", "-beta\n", "+gamma\n")
		contains(t, deref(files[1].Diff), "--- /dev/null", "+hello\n")
	}
}

func results(said []openapi.Output) []openapi.Item {
	var items []openapi.Item
	for _, o := range pick[openapi.ItemCompleted](said) {
		if o.Item.Kind == openapi.ItemKindToolResult {
			items = append(items, o.Item)
		}
	}
	return items
}

// Updates and notifications of kinds that are not known are kept, once for each kind; requests are refused; vendors' own
// notifications are ignored.
func TestTrapUnknownKinds(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	said := r.says("future", openapi.TurnStatusCompleted)
	var reasons []string
	for _, u := range pick[openapi.Unparsed](said) {
		reasons = append(reasons, u.Data.Error)
		if u.Data.Location != where || len(u.Raw) == 0 {
			t.Errorf("got %+v", u)
		}
	}
	if got := strings.Join(reasons, "; "); got != "update of the unknown kind brand_new_update; unknown notification brand/new" {
		t.Errorf("got %q", got)
	}
	contains(t, messages(said), "-32601", "fs/write_text_file")
	if again := pick[openapi.Unparsed](r.says("future", openapi.TurnStatusCompleted)); len(again) != 2 {
		t.Errorf("the next turn kept %d", len(again))
	}
}

// What is played back of a session that is loaded is told to nobody, also when it comes after the answer, as Gemini CLI's does.
func TestTrapPlayback(t *testing.T) {
	for _, how := range []string{"", "late", "resume", "options late"} {
		config := fakeConfig(t, how)
		first := run(t, config, adapters.Options{})
		first.says("say remember", openapi.TurnStatusCompleted)
		first.close()
		r := run(t, config, adapters.Options{NativeSessionID: first.agent.native, History: historyOf(first.host.Log())})
		said := r.says("say resumed", openapi.TurnStatusCompleted)
		if got := messages(said); got != "resumed" || len(results(said)) != 0 || len(pick[openapi.NativeSession](said)) != 0 {
			t.Errorf("%q: got %q, %+v", how, got, said)
		}
		if got := messages(r.says("show session", openapi.TurnStatusCompleted)); got != first.agent.native {
			t.Errorf("%q: the session is %q", how, got)
		}
		r.close()
	}
}

// An agent that cannot take its session up again is told what was said in it.
func TestTrapNoPlayback(t *testing.T) {
	for _, how := range []string{"noload", "forgetful"} {
		config := fakeConfig(t, how)
		first := run(t, config, adapters.Options{})
		first.says("say the word is xyzzy", openapi.TurnStatusCompleted)
		first.close()
		r := run(t, config, adapters.Options{NativeSessionID: first.agent.native, History: historyOf(first.host.Log())})
		said := r.says("content", openapi.TurnStatusCompleted)
		contains(t, messages(said), "Assistant: the word is xyzzy")
		if told := pick[openapi.NativeSession](said); len(told) != 1 || told[0].ID == first.agent.native {
			t.Errorf("%q: the host was told %+v", how, told)
		}
		if again := messages(r.says("content", openapi.TurnStatusCompleted)); strings.Contains(again, "xyzzy") {
			t.Errorf("%q: told again", how)
		}
		r.close()
	}
}

// Gemini CLI tells a change of its mode as a message.
func TestTrapModeAsText(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	said := r.says("modetext plan\nsay on", openapi.TurnStatusCompleted)
	if messages(said) != "on" || statuses(said) != "mode: plan" {
		t.Errorf("got %q, %q", messages(said), statuses(said))
	}
}

// An agent calls for files although they were not declared: it is refused, and the turn goes on (see future).
// 401 of the model is an error code, or "authentication required".
func TestTrapErrors(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	for message, want := range map[string]string{
		`fail 401 {"error":{"code":401,"message":"bad key"}}`: "authentication_failed: bad key",
		"fail 529 overloaded":                    "model_error: overloaded",
		"fail -32603 Internal error: bad key":    "agent_error: Internal error: bad key",
		"fail -32000 Authentication required":    "not_logged_in: not logged in: Authentication required; Fake offers: Log in with a browser (browser), A key (key)",
		"leave\nfail 500 with a call still open": "model_error: with a call still open",
	} {
		f := pick[openapi.Failure](r.says(message, openapi.TurnStatusFailed))
		if len(f) != 1 || deref(f[0].Data.Code)+": "+f[0].Data.Message != want {
			t.Errorf("%s: got %+v", message, f)
		}
	}
	process := r.agent.conn
	r.says("say alive", openapi.TurnStatusCompleted)
	if r.agent.conn != process {
		t.Error("the process was started again")
	}
}

// The client may take a request back.
func TestTrapWithdrawnRequest(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	contains(t, messages(r.says("withdraw", openapi.TurnStatusCompleted)), `went on: {"outcome":{"outcome":"cancelled"}}`)
	for _, e := range r.host.Log() {
		if d, ok := e.Data.(openapi.PermissionResolvedData); ok && d.Status == openapi.PermissionStatusReject {
			return
		}
	}
	t.Error("the request was not resolved")
}

// Who permits something for once does not permit it for good; where an agent has several ways to permit for good, the session
// remembers by itself.
func TestTrapPermissionOptions(t *testing.T) {
	for _, c := range []struct {
		offered string
		reply   openapi.PermissionReply
		want    string
	}{
		{"allow_always allow_once reject_once", openapi.PermissionReplyOnce, "allow_once-1"},
		{"allow_always allow_once reject_once", openapi.PermissionReplyAlways, "allow_always-0"},
		{"allow_always allow_always allow_once", openapi.PermissionReplyAlways, "allow_once-2"},
		{"allow_once reject_once", openapi.PermissionReplyAlways, "allow_once-0"},
		{"allow_always reject_once", openapi.PermissionReplyOnce, `"cancelled"`},
		{"allow_once reject_always", openapi.PermissionReplyReject, "reject_always-1"},
		{"allow_once allow_always", openapi.PermissionReplyReject, `"cancelled"`},
	} {
		r := run(t, fakeConfig(t), adapters.Options{})
		turn := r.host.Turn(t, r.agent, "permission "+c.offered)
		asked := turn.AwaitType(t, openapi.EventPermissionRequested, 1).Data.(openapi.PermissionRequestedData)
		if err := r.host.AnswerPermission(asked.PermissionID, c.reply); err != nil {
			t.Fatal(err)
		}
		if _, err := turn.Wait(t); err != nil {
			t.Fatal(err)
		}
		contains(t, toolOutputs(turn.Outputs()), c.want)
		if told := strings.Contains(statuses(turn.Outputs()), "permission: not given"); told != (c.reply == openapi.PermissionReplyOnce && c.want == `"cancelled"`) {
			t.Errorf("%+v: told %t", c, told)
		}
	}
}

// News of a call that come after its turn belong nowhere.
func TestTrapLateNews(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	r.says("leave", openapi.TurnStatusCompleted)
	if said := r.says("late", openapi.TurnStatusCompleted); len(parts[openapi.ToolCallPart](said)) != 0 || messages(said) != "done" {
		t.Errorf("got %+v", said)
	}
}

func TestStopReasons(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	for reason, want := range map[string]string{"max_tokens": "max tokens", "max_turn_requests": "max turn requests", "refusal": "refusal", "end_turn": ""} {
		said := r.says("stop "+reason, openapi.TurnStatusCompleted)
		if label, _, _ := strings.Cut(statuses(said), ":"); label != want {
			t.Errorf("%s: got %q", reason, statuses(said))
		}
	}
	r.says("stop cancelled", openapi.TurnStatusInterrupted)
}

func TestPlan(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	if got := statuses(r.says("plan", openapi.TurnStatusCompleted)); got != "plan: [x] one\n[>] two\n[ ] three" {
		t.Errorf("got %q", got)
	}
}

// The money is told as the session's sum.
func TestCost(t *testing.T) {
	config := fakeConfig(t)
	r := run(t, config, adapters.Options{})
	for range 2 {
		u := pick[openapi.Usage](r.says("say x", openapi.TurnStatusCompleted))
		if len(u) != 1 || deref(u[0].Data.CostUSD) != 0.25 || u[0].Data.InputTokens != 10 || u[0].Data.OutputTokens != 5 ||
			u[0].Data.ContextWindow != 1000 || u[0].Data.Model != "small" {
			t.Errorf("got %+v", u)
		}
	}
	r.close()
	// The first sum of a session that was taken up has the earlier processes' in it.
	again := run(t, config, adapters.Options{NativeSessionID: r.agent.native})
	if u := pick[openapi.Usage](again.says("say x", openapi.TurnStatusCompleted)); u[0].Data.CostUSD != nil {
		t.Errorf("got %+v", u)
	}
	if u := pick[openapi.Usage](again.says("say x", openapi.TurnStatusCompleted)); deref(u[0].Data.CostUSD) != 0.25 {
		t.Errorf("got %+v", u)
	}
}

func TestTokens(t *testing.T) {
	for _, c := range []struct {
		said string
		want openapi.UsageUpdatedData
	}{
		{`{"usage":{"inputTokens":10,"outputTokens":5,"cachedReadTokens":4,"totalTokens":15}}`, openapi.UsageUpdatedData{InputTokens: 6, OutputTokens: 5, CacheReadTokens: 4}},
		{`{"usage":{"inputTokens":10,"outputTokens":5,"cachedReadTokens":4,"totalTokens":19}}`, openapi.UsageUpdatedData{InputTokens: 10, OutputTokens: 5, CacheReadTokens: 4}},
		{`{"usage":null,"_meta":{"quota":{"token_count":{"input_tokens":7,"output_tokens":2},"model_usage":[{"model":"m"}]}}}`, openapi.UsageUpdatedData{InputTokens: 7, OutputTokens: 2, Model: "m"}},
	} {
		var r promptResult
		if err := decode([]byte(c.said), &r); err != nil {
			t.Fatal(err)
		}
		if got, ok := (&spending{}).usage(&r, ""); !ok || got != c.want {
			t.Errorf("%s: got %+v", c.said, got)
		}
	}
}
