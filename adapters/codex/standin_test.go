package codex

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

func start(mode string) string { return startVariable + "=" + mode }

// sent is what the stand-in got with its last request of a method.
func sent[T any](r *running, method string) (params T) {
	r.t.Helper()
	if err := json.Unmarshal([]byte(messages(r.says("sent "+method, openapi.TurnStatusCompleted))), &params); err != nil {
		r.t.Fatal(err)
	}
	return params
}

func TestStartThatHangs(t *testing.T) {
	config := fakeConfig(t, start("hang"))
	config.StartTimeout = 200 * time.Millisecond
	r := run(t, config, adapters.Options{})
	_, err := r.host.Turn(t, r.agent, "say x").Wait(t)
	var exit *adapters.ExitError
	if !errors.As(err, &exit) || exit.ExitCode != nil || exit.Signal != "" {
		t.Fatalf("got %#v", err)
	}
	contains(t, exit.Message, "did not take up the session within 200ms")
}

func TestInterruptOfAStartThatHangs(t *testing.T) {
	config := fakeConfig(t, start("hang"))
	config.StopGrace = 100 * time.Millisecond
	r := run(t, config, adapters.Options{})
	turn := r.host.Turn(t, r.agent, "say x")
	turn.Interrupt()
	outcome, err := turn.Wait(t)
	if err != nil || outcome != interrupted {
		t.Errorf("got %v, %v", outcome, err)
	}
}

func TestCloseOfAStartThatHangs(t *testing.T) {
	config := fakeConfig(t, start("hang"))
	config.StopGrace = 100 * time.Millisecond
	r := run(t, config, adapters.Options{})
	turn := r.host.Turn(t, r.agent, "say x")
	r.close()
	if _, err := turn.Wait(t); !errors.Is(err, errClosed) {
		t.Errorf("got %v", err)
	}
}

// A process that refuses the session is ended, and the reason told.
func TestStartThatIsRefused(t *testing.T) {
	r := run(t, fakeConfig(t, start("refuse")), adapters.Options{})
	_, err := r.host.Turn(t, r.agent, "say x").Wait(t)
	if err == nil || !strings.Contains(err.Error(), "no such luck") {
		t.Errorf("got %v", err)
	}
	if r.agent.conn != nil {
		t.Error("the process is still there")
	}
}

func TestProgramThatIsGone(t *testing.T) {
	config := fakeConfig(t)
	config.Program = filepath.Join(t.TempDir(), "codex")
	r := run(t, config, adapters.Options{})
	if _, err := r.host.Turn(t, r.agent, "say x").Wait(t); !errors.Is(err, adapters.ErrNotInstalled) {
		t.Errorf("got %v", err)
	}
}

// A program that does not give in to an interrupt is stopped, and started again by the next turn.
func TestInterruptThatIsIgnored(t *testing.T) {
	config := fakeConfig(t, start("stubborn"))
	config.InterruptTimeout = 100 * time.Millisecond
	r := run(t, config, adapters.Options{})
	turn := r.host.Turn(t, r.agent, "forever")
	turn.AwaitType(t, openapi.EventItemDelta, 3)
	turn.Interrupt()
	if outcome, err := turn.Wait(t); err != nil || outcome != interrupted {
		t.Fatalf("got %v, %v", outcome, err)
	}
	checkOutputs(t, turn.Outputs())
	if p := sent[threadParams](r, "thread/resume"); p.ThreadID != r.agent.native {
		t.Errorf("got %+v", p)
	}
}

// An interrupt that comes before the native turn has begun is refused by the program, and said again.
func TestInterruptThatComesEarly(t *testing.T) {
	r := run(t, fakeConfig(t, start("hesitant")), adapters.Options{})
	turn := r.host.Turn(t, r.agent, "forever")
	turn.AwaitType(t, openapi.EventSessionUpdated, 1)
	turn.Interrupt()
	if outcome, err := turn.Wait(t); err != nil || outcome != interrupted {
		t.Fatalf("got %v, %v", outcome, err)
	}
	r.says("say alive", openapi.TurnStatusCompleted)
}

func TestProcessThatDiesBetweenTurns(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	said := r.says("say one", openapi.TurnStatusCompleted)
	told := pick[openapi.NativeSession](said)
	if len(told) != 1 || uuid.Validate(told[0].ID) != nil {
		t.Fatalf("the host was told %+v", told)
	}
	process := r.agent.conn.rpc.Process
	if err := syscall.Kill(process.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-process.Done()
	said = r.says("sent thread/resume", openapi.TurnStatusCompleted)
	contains(t, messages(said), told[0].ID)
	if again := pick[openapi.NativeSession](said); len(again) != 0 {
		t.Errorf("the host was told again: %+v", again)
	}
}

func TestRequestThatIsWithdrawn(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	contains(t, messages(r.says("withdraw", openapi.TurnStatusCompleted)), "went on")
	for _, e := range r.host.Log() {
		if d, ok := e.Data.(openapi.PermissionResolvedData); ok && d.Status == openapi.PermissionStatusReject {
			return
		}
	}
	t.Error("the request was not resolved")
}

// What is not known, and what is not done, is refused: nothing is left open.
func TestRequestsThatAreRefused(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	for _, method := range []string{"item/tool/call", "from/the/future", "attestation/generate"} {
		contains(t, messages(r.says("strange "+method, openapi.TurnStatusCompleted)), "-32601", method)
	}
}

func TestNotificationFromTheFuture(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	said := r.says("future", openapi.TurnStatusCompleted)
	if p := parts[openapi.JSONPart](said); len(p) != 1 || !strings.Contains(string(p[0].JSON), "cube") {
		t.Errorf("got %+v", p)
	}
	if messages(said) != "and text" || len(pick[openapi.Unparsed](said)) != 0 {
		t.Errorf("got %+v", said)
	}
}

func TestGarbageIsKept(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	said := r.says("garbage", openapi.TurnStatusCompleted)
	var raws []string
	for _, u := range pick[openapi.Unparsed](said) {
		if u.Data.Location != "codex.stdout" || u.Data.Error == "" {
			t.Errorf("got %+v", u.Data)
		}
		raws = append(raws, string(u.Raw))
	}
	got := strings.Join(raws, "\n")
	contains(t, got, `"npm warn something"`, `"{"`, `"{\"method\":"`, `{}`, `{"method":""}`, `[1,2,3]`)
	if strings.Contains(got, "brand") {
		t.Error("a notification of an unknown method was taken for garbage")
	}
}

// The end of a turn that is too long to be read ends the turn all the same.
func TestEndThatIsTooLong(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	said := r.says("say x\nendless", openapi.TurnStatusCompleted)
	if u := pick[openapi.Unparsed](said); len(u) != 1 || !strings.Contains(u[0].Data.Error, "too long") {
		t.Errorf("got %+v", u)
	}
	r.says("say alive", openapi.TurnStatusCompleted)
}

// A turn that the program has begun by itself is shown with the next one and does not end it.
func TestTurnThatNobodyAskedFor(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	r.says("again", openapi.TurnStatusCompleted)
	if got := messages(r.says("say mine", openapi.TurnStatusCompleted)); got != "by itself\nmine" {
		t.Errorf("got %q", got)
	}
}

func TestMessageThatIsRefused(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	failures := pick[openapi.Failure](r.says("say refused", openapi.TurnStatusFailed))
	if len(failures) != 1 || failures[0].Data.Message != "the input is too large" || deref(failures[0].Data.Code) != "agent_error" {
		t.Errorf("got %+v", failures)
	}
	r.says("say alive", openapi.TurnStatusCompleted)
}

func TestModes(t *testing.T) {
	for mode, want := range map[string]threadParams{
		permissionDefault:     {Approval: "untrusted", Sandbox: "workspace-write"},
		permissionAcceptEdits: {Approval: "untrusted", Sandbox: "workspace-write"},
		permissionPlan:        {Approval: "untrusted", Sandbox: "read-only"},
		permissionBypass:      {Approval: "never", Sandbox: "danger-full-access"},
	} {
		config := fakeConfig(t)
		o := adapters.Options{SessionID: "s", Directory: t.TempDir(), PermissionMode: mode, Model: "other-model"}
		r := run(t, config, o)
		check := func(p threadParams) {
			t.Helper()
			if p.Approval != want.Approval || p.Sandbox != want.Sandbox || p.Reviewer != "user" || p.Cwd != o.Directory || p.Model != "other-model" {
				t.Errorf("%s: got %+v", mode, p)
			}
		}
		check(sent[threadParams](r, "thread/start"))
		r.close()
		o.NativeSessionID = r.agent.native
		check(sent[threadParams](run(t, config, o), "thread/resume"))
	}
	r := run(t, fakeConfig(t), adapters.Options{Model: defaultModel})
	if p := sent[threadParams](r, "thread/start"); p.Model != "" || p.Config != nil {
		t.Errorf("got %+v", p)
	}
	if p := sent[turnParams](r, "turn/start"); p.Mode != nil || p.Effort != "" {
		t.Errorf("got %+v", p)
	}
}

// In acceptEdits changes of files are accepted without a word, commands are asked for.
func TestAcceptEdits(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{PermissionMode: permissionAcceptEdits})
	contains(t, toolOutputs(r.says("file", openapi.TurnStatusCompleted)), `"accept"`)
	turn := r.host.Turn(t, r.agent, "permission")
	asked := turn.AwaitType(t, openapi.EventPermissionRequested, 1).Data.(openapi.PermissionRequestedData)
	if asked.Action != actionCommand {
		t.Errorf("got %+v", asked)
	}
}

func TestWhatIsAsked(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	for _, c := range []struct {
		act, action string
		metadata    map[string]any
		always      string
	}{
		{"permission", "commandExecution", map[string]any{"command": "touch x", "cwd": "/", "reason": "because", "codexRequestKind": "commandExecution"}, `{"decision":"acceptForSession"}`},
		{"file", "fileChange", map[string]any{"codexRequestKind": "fileChange", "changes": []map[string]any{
			{"path": "/a.txt", "kind": "update", "diff": "--- /a.txt\n+++ /a.txt\n@@ -1 +1 @@\n-a\n+b\n"},
		}}, `{"decision":"acceptForSession"}`},
		{"more", "permissions", map[string]any{"codexRequestKind": "permissions", "reason": "to look"}, `{"permissions":{"network":{"enabled":true}},"scope":"session"}`},
		{"mcptool", "mcp__srv__secret", map[string]any{"toolName": "mcp__srv__secret", "input": map[string]any{"name": "Ann"}}, `"_meta":{"persist":"session"}`},
	} {
		turn := r.host.Turn(t, r.agent, c.act)
		asked := turn.AwaitType(t, openapi.EventPermissionRequested, 1).Data.(openapi.PermissionRequestedData)
		if asked.Action != c.action {
			t.Errorf("%s: got the action %s", c.act, asked.Action)
		}
		for name, want := range c.metadata {
			if got, wanted := fmt.Sprint(asked.Metadata[name]), fmt.Sprint(want); got != wanted {
				t.Errorf("%s: %s is %s, want %s", c.act, name, got, wanted)
			}
		}
		if err := r.host.AnswerPermission(asked.PermissionID, openapi.PermissionReplyAlways); err != nil {
			t.Fatal(err)
		}
		if _, err := turn.Wait(t); err != nil {
			t.Fatal(err)
		}
		contains(t, toolOutputs(turn.Outputs()), c.always)
	}
}

func TestElicitation(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	all := `{"type":"object","required":["name"],"properties":{"age":{"type":"integer"},"color":{"type":"string","enum":["r","b"],"enumNames":["Red","Blue"]},` +
		`"fast":{"type":"boolean"},"name":{"type":"string","title":"Your name"},"tags":{"type":"array","items":{"anyOf":[{"const":"x","title":"X"},{"const":"y","title":"Y"}]}}}}`
	for _, c := range []struct {
		schema  string
		answers [][]string
		want    string
	}{
		{all, [][]string{{"7"}, {"Blue"}, {"yes"}, {"Ann"}, {"X", "Y"}}, `{"action":"accept","content":{"age":7,"color":"b","fast":true,"name":"Ann","tags":["x","y"]},"_meta":null}`},
		{all, [][]string{{}, {}, {}, {"Ann"}}, `{"action":"accept","content":{"name":"Ann"},"_meta":null}`},
		{all, [][]string{{"7"}}, `"decline"`},
		{all, [][]string{{"seven"}, {}, {}, {"Ann"}}, `"decline"`},
		{`{"type":"object","properties":{}}`, [][]string{{"approve"}}, `{"action":"accept","content":{},"_meta":null}`},
		{`{"type":"object","properties":{}}`, [][]string{{"reject"}}, `"decline"`},
	} {
		turn := r.host.Turn(t, r.agent, "elicit "+c.schema)
		asked := turn.AwaitType(t, openapi.EventQuestionRequested, 1).Data.(openapi.QuestionRequestedData)
		contains(t, asked.Prompt, "Tell me")
		if err := r.host.AnswerQuestion(asked.QuestionID, c.answers); err != nil {
			t.Fatal(err)
		}
		if _, err := turn.Wait(t); err != nil {
			t.Fatal(err)
		}
		contains(t, toolOutputs(turn.Outputs()), c.want)
	}
	// What people cannot be asked in questions is declined without asking.
	for _, schema := range []string{"url", `{"type":"object","properties":{"deep":{"type":"object"}}}`} {
		contains(t, toolOutputs(r.says("elicit "+schema, openapi.TurnStatusCompleted)), `"decline"`)
	}
}

func TestSecretQuestionSaysSo(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	turn := r.host.Turn(t, r.agent, "questions")
	asked := turn.AwaitType(t, openapi.EventQuestionRequested, 1).Data.(openapi.QuestionRequestedData)
	if asked.Questions[0].Header != "C" || asked.Questions[1].Header != "P (secret)" {
		t.Errorf("got %+v", asked.Questions)
	}
}

func TestVariant(t *testing.T) {
	for variant, want := range map[string]string{"high": "high", "medium": "", "reasoning": ""} {
		r := run(t, fakeConfig(t), adapters.Options{Variant: variant})
		said := r.says("sent turn/start", openapi.TurnStatusCompleted)
		var p turnParams
		if err := json.Unmarshal([]byte(messages(said)), &p); err != nil || p.Effort != want {
			t.Errorf("%s: got %+v, %v", variant, p, err)
		}
		note := "variant: unknown and not used: " + variant + "; known are low, high"
		if told := strings.Contains(statuses(said), note); told != (want == "") {
			t.Errorf("%s: got %q", variant, statuses(said))
		}
		if s := statuses(r.says("say x", openapi.TurnStatusCompleted)); s != "" {
			t.Errorf("%s: told again: %q", variant, s)
		}
	}
	// A model that Codex does not know may have any.
	r := run(t, fakeConfig(t), adapters.Options{Variant: "minimal", Model: "mine"})
	if p := sent[turnParams](r, "turn/start"); p.Effort != "minimal" {
		t.Errorf("got %+v", p)
	}
}

// The variant is told once in a session, also when its process is started again.
func TestVariantIsToldOnce(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{Variant: "odd"})
	r.says("say x", openapi.TurnStatusCompleted)
	turn := r.host.Turn(t, r.agent, "crash")
	_, _ = turn.Wait(t)
	if s := statuses(r.says("say x", openapi.TurnStatusCompleted)); s != "" {
		t.Errorf("told again: %q", s)
	}
}

func TestWarningsAreToldOnce(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	said := statuses(r.says("warn mind the gap\nwarn mind the gap\nsay x", openapi.TurnStatusCompleted))
	if said != "warning: it is only a stand-in\nwarning: mind the gap" {
		t.Errorf("got %q", said)
	}
	if s := statuses(r.says("warn mind the gap\nsay x", openapi.TurnStatusCompleted)); s != "" {
		t.Errorf("told again: %q", s)
	}
}

func TestTodo(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	contains(t, statuses(r.says("todo\nsay x", openapi.TurnStatusCompleted)), "turn.plan.updated: [x] one\n[>] two\n[ ] three")
}

// What is printed over time is shown as it comes; the result has all of it.
func TestLiveOutput(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	said := r.says("live", openapi.TurnStatusCompleted)
	if got := toolOutputs(said); got != "one\ntwo\nthree\n" {
		t.Errorf("got %q", got)
	}
	var shown []string
	for _, d := range pick[openapi.ItemDelta](said) {
		shown = append(shown, d.Delta)
	}
	if strings.Join(shown, "|") != "two\n|three\n" {
		t.Errorf("got %q", shown)
	}
	done := pick[openapi.ItemCompleted](said)
	if last := done[len(done)-1].Item; last.Status != openapi.ItemStatusFailed || string(parts[openapi.JSONPart](said)[0].JSON) != `{"exit_code":2}` {
		t.Errorf("got %+v", last)
	}
}

func TestUsage(t *testing.T) {
	config := fakeConfig(t)
	r := run(t, config, adapters.Options{})
	check := func(said []openapi.Output) {
		t.Helper()
		u := pick[openapi.Usage](said)
		if len(u) != 1 {
			t.Fatalf("got %+v", u)
		}
		want := openapi.UsageUpdatedData{InputTokens: 3, CacheReadTokens: 2, OutputTokens: 5, ReasoningTokens: 1, ContextWindow: 1000, Model: "fake-model"}
		if u[0].Data != want {
			t.Errorf("got %+v", u[0].Data)
		}
	}
	check(r.says("say x", openapi.TurnStatusCompleted))
	r.close()
	o := r.agent.options
	o.NativeSessionID = r.agent.native
	check(run(t, config, o).says("say x", openapi.TurnStatusCompleted))
}

func TestRetry(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	said := r.says("retry", openapi.TurnStatusCompleted)
	contains(t, statuses(said), "retry: Reconnecting... 1/5: stream disconnected")
	if len(pick[openapi.Failure](said)) != 0 || messages(said) != "half an ans\nwhole" {
		t.Errorf("got %q", messages(said))
	}
}

func TestModelErrors(t *testing.T) {
	for _, c := range []struct {
		env, status, code string
	}{
		{"", "529", "model_error"},
		{"", "401", "authentication_failed"},
		{authVariable + "=1", "401", "not_logged_in"},
	} {
		r := run(t, fakeConfig(t, c.env), adapters.Options{})
		f := pick[openapi.Failure](r.says("error "+c.status, openapi.TurnStatusFailed))
		if len(f) != 1 || deref(f[0].Data.Code) != c.code || fmt.Sprint(f[0].Data.Details.(map[string]any)["api_error_status"]) != c.status {
			t.Errorf("%+v: got %+v", c, f)
		}
		r.says("say alive", openapi.TurnStatusCompleted)
	}
}

// A key in the environment is given to the program, which does not look for one; a login is not touched.
func TestLogin(t *testing.T) {
	for _, c := range []struct {
		env  []string
		auth string
		want string
	}{
		{nil, "", ""},
		{[]string{"OPENAI_API_KEY=one"}, "", `"one"`},
		{[]string{"OPENAI_API_KEY=one", "CODEX_API_KEY=two"}, "", `"two"`},
		{[]string{"OPENAI_API_KEY=one"}, `{"tokens":{"id_token":"x"}}`, ""},
	} {
		config := fakeConfig(t, append(c.env, authVariable+"=1")...)
		if c.auth != "" {
			if err := os.WriteFile(filepath.Join(config.DataDir, "auth.json"), []byte(c.auth), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		r := run(t, config, adapters.Options{})
		got := messages(r.says("sent account/login/start", openapi.TurnStatusCompleted))
		if strings.Contains(got, "apiKey") != (c.want != "") || !strings.Contains(got, c.want) {
			t.Errorf("%v: got %q", c.env, got)
		}
		args := messages(r.says("args", openapi.TurnStatusCompleted))
		if strings.Contains(args, "ephemeral") != (c.want != "") || strings.Contains(args, "one") && c.want != "" && strings.Contains(args, strings.Trim(c.want, `"`)) {
			t.Errorf("%v: got %q", c.env, args)
		}
	}
	// A provider that wants no login gets none.
	r := run(t, fakeConfig(t, "OPENAI_API_KEY=one"), adapters.Options{})
	if got := messages(r.says("sent account/login/start", openapi.TurnStatusCompleted)); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestArguments(t *testing.T) {
	r := run(t, fakeConfig(t, "OPENAI_API_KEY=secret", "OPENAI_BASE_URL=http://there/v1"), adapters.Options{
		MCP: map[string]openapi.MCPServer{"srv": {Type: "local", Command: []string{"tool"}, Env: openapi.StringMap{"TOKEN": "secret"}}},
	})
	got := messages(r.says("args", openapi.TurnStatusCompleted))
	contains(t, got, "app-server", "features.default_mode_request_user_input=true", "features.goals=false",
		"features.unbounded_connection_retries=false", `openai_base_url="http://there/v1"`)
	if strings.Contains(got, "secret") {
		t.Errorf("a secret is on the command line: %q", got)
	}
}

func TestMCPServers(t *testing.T) {
	off := false
	o := adapters.Options{Directory: t.TempDir(), SessionID: "s", ClientTools: []string{"tool"}, ToolServer: "parley", MCP: map[string]openapi.MCPServer{
		"parley": {Type: "remote", URL: "http://here", TimeoutMs: 86_400_000},
		"one":    {Type: "local", Command: []string{"tool", "-x"}, Args: []string{"y"}, Env: openapi.StringMap{"A": "b"}, Cwd: "sub", TimeoutMs: 1500},
		"two":    {Type: "remote", URL: "http://there", Headers: openapi.StringMap{"X": "1"}, EnvHeaders: openapi.StringMap{"Y": "VAR"}, BearerTokenEnvVar: "TOKEN", Enabled: &off},
	}}
	r := run(t, fakeConfig(t), o)
	var p struct {
		Config struct {
			Servers map[string]mcpServer `json:"mcp_servers"`
		} `json:"config"`
	}
	if err := json.Unmarshal([]byte(messages(r.says("sent thread/start", openapi.TurnStatusCompleted))), &p); err != nil {
		t.Fatal(err)
	}
	want := `{"command":"tool","args":["-x","y"],"env":{"A":"b"},"cwd":"` + filepath.Join(o.Directory, "sub") + `","startup_timeout_sec":2,"tool_timeout_sec":2}`
	if got, _ := json.Marshal(p.Config.Servers["one"]); string(got) != want {
		t.Errorf("got %s", got)
	}
	want = `{"url":"http://there","bearer_token_env_var":"TOKEN","http_headers":{"X":"1"},"env_http_headers":{"Y":"VAR"},"enabled":false}`
	if got, _ := json.Marshal(p.Config.Servers["two"]); string(got) != want {
		t.Errorf("got %s", got)
	}
	if got, _ := json.Marshal(p.Config.Servers["parley"]); string(got) != `{"url":"http://here","tool_timeout_sec":86400}` {
		t.Errorf("got %s", got)
	}
}

func TestSkills(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"one", "two"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, "SKILL.md"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	skills := openapi.Skills{Sources: []openapi.SkillSource{{Type: "local", Source: dir, Skills: []string{"two"}}}}
	r := run(t, fakeConfig(t), adapters.Options{Skills: skills})
	p := sent[skillRootsParams](r, "skills/extraRoots/set")
	if len(p.ExtraRoots) != 1 || p.ExtraRoots[0] != filepath.Join(dir, "two") {
		t.Errorf("got %q", p.ExtraRoots)
	}
}

func TestImages(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	dir := r.agent.options.Directory
	for _, name := range []string{"a.png", "b.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), make([]byte, 3), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	input := r.agent.input(adapters.Input{Text: "look", Attachments: []openapi.Attachment{{Path: "a.png"}, {Path: "b.txt"}, {Path: "missing.gif"}}}, "before")
	got, _ := json.Marshal(input)
	want := `[{"type":"text","text":"before","text_elements":[]},{"type":"localImage","path":"` + filepath.Join(dir, "a.png") + `"},{"type":"text","text":"look","text_elements":[]}]`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A thread that the program does not have is begun anew, with what was said before.
func TestReplay(t *testing.T) {
	config := fakeConfig(t)
	first := run(t, config, adapters.Options{})
	first.says("say the secret word is xyzzy", openapi.TurnStatusCompleted)
	first.close()
	o := adapters.Options{SessionID: "s", NativeSessionID: uuid.NewString(), Directory: t.TempDir(), History: historyOf(first.host.Log())}
	r := run(t, config, o)
	said := r.says("content", openapi.TurnStatusCompleted)
	contains(t, messages(said), "<transcript>", "Assistant: the secret word is xyzzy")
	told := pick[openapi.NativeSession](said)
	if len(told) != 1 || told[0].ID == o.NativeSessionID || len(pick[openapi.Failure](said)) != 0 {
		t.Errorf("the host was told %+v", told)
	}
	// A thread that the program has is not told what it knows.
	o.NativeSessionID = first.agent.native
	if got := messages(run(t, config, o).says("content", openapi.TurnStatusCompleted)); strings.Contains(got, "xyzzy") {
		t.Errorf("told again: %q", got)
	}
}

func TestSteer(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	in := adapters.Input{Text: "and this", Message: "and this"}
	if err := r.agent.Steer(t.Context(), in); !errors.Is(err, adapters.ErrNotSteered) {
		t.Errorf("no turn runs: %v", err)
	}
	turn := r.host.Turn(t, r.agent, "join")
	turn.AwaitType(t, openapi.EventItemDelta, 1)
	if err := r.agent.Steer(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if got := textsOf(r.host.Outputs(), openapi.ItemRoleUser); got != "and this" {
		t.Errorf("when Steer returns the log has %q", got)
	}
	if _, err := turn.Wait(t); err != nil {
		t.Fatal(err)
	}
	checkOutputs(t, turn.Outputs())
	contains(t, messages(turn.Outputs()), "waiting\njoined")
	if err := r.agent.Steer(t.Context(), in); !errors.Is(err, adapters.ErrNotSteered) {
		t.Errorf("the turn is over: %v", err)
	}
}

// A message that the program takes and does not come to is not lost: the session is told.
func TestSteerThatIsLost(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	turn := r.host.Turn(t, r.agent, "join lost")
	turn.AwaitType(t, openapi.EventItemDelta, 1)
	if err := r.agent.Steer(t.Context(), adapters.Input{Text: "x"}); !errors.Is(err, adapters.ErrNotSteered) {
		t.Errorf("got %v", err)
	}
	if _, err := turn.Wait(t); err != nil {
		t.Fatal(err)
	}
	if got := textsOf(turn.Outputs(), openapi.ItemRoleUser); got != "" {
		t.Errorf("the turn has %q", got)
	}
}

func TestSteerOfADyingTurn(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	turn := r.host.Turn(t, r.agent, "forever")
	turn.AwaitType(t, openapi.EventItemDelta, 1)
	steered := make(chan error)
	go func() { steered <- r.agent.Steer(t.Context(), adapters.Input{Text: "x"}) }()
	turn.Interrupt()
	if err := <-steered; !errors.Is(err, adapters.ErrNotSteered) {
		t.Errorf("got %v", err)
	}
}

func TestSubagent(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	turn := r.host.Turn(t, r.agent, "child waits")
	asked := turn.AwaitType(t, openapi.EventPermissionRequested, 1).Data.(openapi.PermissionRequestedData)
	if asked.Metadata["command"] != "rm x" {
		t.Errorf("got %+v", asked)
	}
	if err := r.host.AnswerPermission(asked.PermissionID, openapi.PermissionReplyOnce); err != nil {
		t.Fatal(err)
	}
	if _, err := turn.Wait(t); err != nil {
		t.Fatal(err)
	}
	said := turn.Outputs()
	checkOutputs(t, said)
	contains(t, messages(said), "from below", `"accept"`)
	for _, done := range pick[openapi.ItemCompleted](said) {
		if text, ok := done.Item.Content[0].Part.(openapi.TextPart); ok && (text.Text == "from below") != (done.Item.ParentID != nil) {
			t.Errorf("got %+v", done.Item)
		}
	}
}

// What a subagent asks is declined when the turn ends before it is answered: it does not wait for ever.
func TestSubagentThatOutlivesTheTurn(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	file := filepath.Join(t.TempDir(), "answer")
	r.says("child "+file, openapi.TurnStatusCompleted)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) { // nothing tells of the answer but the file
		if answer, err := os.ReadFile(file); err == nil && len(answer) > 0 {
			contains(t, string(answer), "decline")
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("no answer")
		}
	}
}

func TestTwoSessionsInOneDirectory(t *testing.T) {
	config := fakeConfig(t)
	dir := t.TempDir()
	one := run(t, config, adapters.Options{SessionID: "one", Directory: dir})
	other := run(t, config, adapters.Options{SessionID: "other", Directory: dir})
	first, second := one.host.Turn(t, one.agent, "forever"), other.host.Turn(t, other.agent, "forever")
	first.AwaitType(t, openapi.EventItemDelta, 2)
	second.AwaitType(t, openapi.EventItemDelta, 2)
	first.Interrupt()
	if outcome, err := first.Wait(t); err != nil || outcome != interrupted {
		t.Errorf("got %v, %v", outcome, err)
	}
	second.AwaitType(t, openapi.EventItemDelta, 10)
	one.says("say alive", openapi.TurnStatusCompleted)
	if one.agent.native == other.agent.native {
		t.Error("they are the same session")
	}
}

func TestTwentySessionsAtOnce(t *testing.T) {
	config := fakeConfig(t)
	var all sync.WaitGroup
	for n := range 20 {
		r := run(t, config, adapters.Options{SessionID: fmt.Sprint(n), Directory: t.TempDir()})
		turn := r.host.Turn(t, r.agent, fmt.Sprintf("burst 200\nsay number %d", n))
		all.Go(func() {
			if outcome, err := turn.Wait(t); err != nil || outcome.Status != openapi.TurnStatusCompleted {
				t.Errorf("%d: got %v, %v", n, outcome, err)
			}
			contains(t, messages(turn.Outputs()), fmt.Sprint("number ", n))
		})
	}
	all.Wait()
}

func TestManyDeltas(t *testing.T) {
	const n = 20_000
	r := run(t, fakeConfig(t), adapters.Options{})
	said := r.says(fmt.Sprintf("burst %d", n), openapi.TurnStatusCompleted)
	if deltas := pick[openapi.ItemDelta](said); len(deltas) != n {
		t.Errorf("got %d deltas", len(deltas))
	}
}
