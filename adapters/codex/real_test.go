package codex_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/adaptertest/mcptest"
	"github.com/parleyhq/parley/adapters/codex"
	"github.com/parleyhq/parley/adapters/codex/codextest"
	"github.com/parleyhq/parley/openapi"
)

func TestRealTextAndUsage(t *testing.T) {
	r := newReal(t, adapters.Options{})
	for usage, want := range map[string]openapi.UsageUpdatedData{
		"usage 1000 50":       {InputTokens: 1000, OutputTokens: 50},
		"usage 300 40 200 30": {InputTokens: 100, CacheReadTokens: 200, OutputTokens: 40, ReasoningTokens: 30},
	} {
		said := r.says(usage, "say hello there")
		if text := codex.Messages(said); text != "hello there" {
			t.Errorf("got %q", text)
		}
		if len(codex.Outputs[openapi.ItemDelta](said)) < 2 {
			t.Error("no deltas")
		}
		u := codex.Outputs[openapi.Usage](said)
		if len(u) != 1 || u[0].Data.ContextWindow == 0 {
			t.Fatalf("got %+v", u)
		}
		want.Model, want.ContextWindow = codextest.Model, u[0].Data.ContextWindow
		if u[0].Data != want {
			t.Errorf("%s: got %+v", usage, u[0].Data)
		}
	}
}

// The usage of a turn is that of all its requests to the model, also in the first turn after a resume.
func TestRealUsageOfSeveralRequests(t *testing.T) {
	r := newReal(t, adapters.Options{PermissionMode: "bypass"})
	for range 2 {
		u := codex.Outputs[openapi.Usage](r.says("usage 100 10", "run true", "usage 200 20", "say x"))
		if len(u) != 1 || u[0].Data.InputTokens != 300 || u[0].Data.OutputTokens != 30 {
			t.Errorf("got %+v", u)
		}
		r.close()
		r.open()
	}
}

// With a key in the environment a session works, though the program itself does not look for one there; nothing of it is
// kept in a file.
func TestRealKeyInTheEnvironment(t *testing.T) {
	for _, c := range []struct{ variable, configured string }{{"OPENAI_API_KEY", ""}, {"CODEX_API_KEY", "openai_base_url = %q\n"}} {
		r := newReal(t, adapters.Options{}, "OPENAI_API_KEY=", "CODEX_HOME=")
		r.close()
		address, _ := r.overhear("")
		url := address + "/v1"
		env := codextest.Env(r.home, r.server.URL, "OPENAI_API_KEY=", "CODEX_HOME=", c.variable+"=sk-of-ours")
		home := filepath.Join(r.data, "codex", "home")
		if c.configured == "" {
			env = append(env, "OPENAI_BASE_URL="+url)
		} else {
			codextest.Configure(home, fmt.Sprintf(c.configured, url))
		}
		r.adapter = codex.New(codex.Config{DataDir: r.data, Program: codextest.Binary(t), Env: env})
		r.open()
		if text := codex.Messages(r.says("say hello")); text != "hello" {
			t.Errorf("%s: got %q", c.variable, text)
		}
		if got := r.last().Header.Get("Authorization"); got != "Bearer sk-of-ours" {
			t.Errorf("%s: got the header %q", c.variable, got)
		}
		r.close()
		if _, err := os.Stat(filepath.Join(home, "auth.json")); err == nil {
			t.Errorf("%s: the key was written to a file", c.variable)
		}
	}
}

// With a key the sessions are kept below Parley's data, and the user's own directory stays untouched.
func TestRealPrivateHome(t *testing.T) {
	r := newReal(t, adapters.Options{}, "CODEX_HOME=")
	r.close()
	config, err := os.ReadFile(filepath.Join(codextest.Home(r.home), "config.toml"))
	if err != nil {
		t.Fatal(err)
	}
	codextest.Configure(filepath.Join(r.data, "codex", "home"), string(config))
	for range 2 {
		r.open()
		r.says("say x")
		r.close()
	}
	files, err := filepath.Glob(filepath.Join(r.data, "codex", "home", "sessions", "*", "*", "*", "*"+r.options.NativeSessionID+".jsonl"))
	if err != nil || len(files) != 1 {
		t.Errorf("found %q, %v", files, err)
	}
	if entries, err := os.ReadDir(filepath.Join(r.home, ".codex")); err == nil {
		t.Errorf("the user's directory has %v", entries)
	}
}

func TestRealReasoning(t *testing.T) {
	r := newReal(t, adapters.Options{})
	said := r.says("think pondering the problem deeply", "say thought")
	thoughts := codex.Parts[openapi.ReasoningPart](said)
	if len(thoughts) != 1 || thoughts[0].Text != "pondering the problem deeply" || thoughts[0].Visibility != openapi.ReasoningVisibilityPublic {
		t.Errorf("got %+v", thoughts)
	}
	deltas := 0
	for _, d := range codex.Outputs[openapi.ItemDelta](said) {
		if d.Part == openapi.DeltaPartReasoning {
			deltas++
		}
	}
	if deltas < 2 || codex.Messages(said) != "thought" {
		t.Errorf("%d deltas; said %q", deltas, codex.Messages(said))
	}
}

// Thoughts that are no summary are told only where the configuration has it so; they are private.
func TestRealPrivateReasoning(t *testing.T) {
	r := newReal(t, adapters.Options{})
	r.configure("show_raw_agent_reasoning = true\n")
	thoughts := codex.Parts[openapi.ReasoningPart](r.says("reason what nobody is to see", "say thought"))
	if len(thoughts) != 1 || thoughts[0].Text != "what nobody is to see" || thoughts[0].Visibility != openapi.ReasoningVisibilityPrivate {
		t.Errorf("got %+v", thoughts)
	}
}

func TestRealCommandOnce(t *testing.T) {
	r := newReal(t, adapters.Options{})
	turn := r.turn("run touch made && echo did-it", "say finished")
	asked := r.permit(turn, 1, openapi.PermissionReplyOnce)
	if asked.Action != "commandExecution" || asked.Metadata["cwd"] != r.options.Directory || !strings.Contains(fmt.Sprint(asked.Metadata["command"]), "touch made") {
		t.Errorf("got %+v", asked)
	}
	said := r.ends(turn, openapi.TurnStatusCompleted)
	codex.Contains(t, codex.ToolOutputs(said), "did-it")
	if !r.exists("made") || codex.Messages(said) != "finished" {
		t.Errorf("made %t, said %q", r.exists("made"), codex.Messages(said))
	}
}

func TestRealCommandRejected(t *testing.T) {
	r := newReal(t, adapters.Options{})
	turn := r.turn("run touch made", "say went on")
	r.permit(turn, 1, openapi.PermissionReplyReject)
	said := r.ends(turn, openapi.TurnStatusCompleted)
	if r.exists("made") || codex.Messages(said) != "went on" {
		t.Errorf("made %t, said %q", r.exists("made"), codex.Messages(said))
	}
}

// Always holds for the like of the command in this session, and is written nowhere.
func TestRealCommandAlways(t *testing.T) {
	r := newReal(t, adapters.Options{})
	turn := r.turn("run touch made", "run touch made", "say done")
	r.permit(turn, 1, openapi.PermissionReplyAlways)
	r.ends(turn, openapi.TurnStatusCompleted)
	asked := 0
	for _, e := range r.host.Log() {
		if e.Type() == openapi.EventPermissionRequested {
			asked++
		}
	}
	if asked != 1 || !r.exists("made") {
		t.Errorf("asked %d times", asked)
	}
	if r.exists(".codex") {
		t.Error("the permission was written into the project")
	}
}

func TestRealExitCode(t *testing.T) {
	r := newReal(t, adapters.Options{PermissionMode: "bypass"})
	said := r.says("run echo oh no; exit 3", "say done")
	if p := codex.Parts[openapi.JSONPart](said); len(p) != 1 || string(p[0].JSON) != `{"exit_code":3}` {
		t.Errorf("got %+v", p)
	}
	for _, done := range codex.Outputs[openapi.ItemCompleted](said) {
		if done.Item.Kind == openapi.ItemKindToolResult && done.Item.Status != openapi.ItemStatusFailed {
			t.Errorf("got %+v", done.Item)
		}
	}
}

func TestRealLiveOutput(t *testing.T) {
	r := newReal(t, adapters.Options{PermissionMode: "bypass"})
	turn := r.turn("run for i in 1 2 3 4; do echo line$i; sleep 0.4; done", "say done")
	turn.AwaitType(t, openapi.EventItemDelta, 1)
	if text := codex.ToolOutputs(r.ends(turn, openapi.TurnStatusCompleted)); text != "line1\nline2\nline3\nline4\n" {
		t.Errorf("got %q", text)
	}
}

func TestRealFiles(t *testing.T) {
	r := newReal(t, adapters.Options{PermissionMode: "acceptEdits"})
	said := r.says(`write f.txt one\ntwo\nthree\n`, "edit f.txt two => 2", "say done")
	var got []string
	for _, p := range codex.Parts[openapi.FileRefPart](said) {
		if p.Diff == nil || p.Path != r.path("f.txt") {
			t.Fatalf("got %+v", p)
		}
		got = append(got, string(p.Action)+" "+strings.ReplaceAll(*p.Diff, r.path("f.txt"), "F"))
	}
	want := []string{
		"write --- /dev/null\n+++ F\n@@ -0,0 +1,3 @@\n+one\n+two\n+three\n",
		"patch --- F\n+++ F\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n",
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	codex.Contains(t, codex.Statuses(said), "turn.diff.updated: diff --git a/f.txt b/f.txt")
}

// A change of files is shown with its diff before it is permitted; "always" for it permits no command.
func TestRealFileChangeIsAsked(t *testing.T) {
	r := newReal(t, adapters.Options{})
	turn := r.turn(`write f.txt one\n`, "run touch other", "say done")
	asked := r.permit(turn, 1, openapi.PermissionReplyAlways)
	if asked.Action != "fileChange" || asked.Metadata["codexRequestKind"] != "fileChange" || !strings.Contains(fmt.Sprint(asked.Metadata["changes"]), "+one") {
		t.Errorf("got %+v", asked)
	}
	if second := r.permit(turn, 2, openapi.PermissionReplyReject); second.Action != "commandExecution" {
		t.Errorf("got %+v", second)
	}
	r.ends(turn, openapi.TurnStatusCompleted)
	if !r.exists("f.txt") || r.exists("other") {
		t.Error("not what was permitted")
	}
}

func TestRealQuestions(t *testing.T) {
	for _, mode := range []string{"build", "plan"} {
		r := newReal(t, adapters.Options{AgentMode: mode})
		turn := r.turn("ask Which color? | Red | Blue ;; Which size? | S | L", "result")
		asked := r.question(turn, 1)
		q := asked.Questions
		if len(q) != 2 || len(q[0].Options) != 2 || q[0].Options[0].Description == "" || q[0].Header == "" || q[1].Question != "Which size?" {
			t.Fatalf("got %+v", q)
		}
		if err := r.host.AnswerQuestion(asked.QuestionID, [][]string{{"neither"}, {"L"}}); err != nil {
			t.Fatal(err)
		}
		text := codex.Messages(r.ends(turn, openapi.TurnStatusCompleted))
		codex.Contains(t, text, `"q1":{"answers":["neither"]}`, `"q2":{"answers":["L"]}`)
		r.close()
	}
}

// The real plan mode: its instructions reach the model; a plan is asked about, carried out when it is approved, and plan
// mode is left for good.
func TestRealPlan(t *testing.T) {
	r := newReal(t, adapters.Options{AgentMode: "plan", PermissionMode: "acceptEdits"})
	turn := r.turn(`say Thus:\n<proposed_plan>\n# The plan\n</proposed_plan>`)
	asked := r.question(turn, 1)
	codex.Contains(t, asked.Prompt, "# The plan")
	codex.Contains(t, r.last().System, "Plan Mode")
	if err := r.host.AnswerQuestion(asked.QuestionID, [][]string{{"approve"}}); err != nil {
		t.Fatal(err)
	}
	said := r.ends(turn, openapi.TurnStatusCompleted)
	codex.Contains(t, codex.Messages(said), "# The plan")
	request := r.last()
	codex.Contains(t, request.System, "You are now in Default mode")
	codex.Contains(t, fmt.Sprint(request.Messages), "Implement the plan.")
	r.close()
	r.open()
	r.says("say after all")
	if system := r.last().System; strings.LastIndex(system, "You are now in Default mode") < strings.LastIndex(system, "# Plan Mode") {
		t.Error("the next process is in plan mode again")
	}
}

func TestRealInterruptInStream(t *testing.T) {
	r := newReal(t, adapters.Options{})
	turn := r.turn("slow 1000 30")
	turn.AwaitType(t, openapi.EventItemDelta, 3)
	turn.Interrupt()
	codex.Contains(t, codex.Messages(r.ends(turn, openapi.TurnStatusInterrupted)), "tick1 tick2 tick3")
	pid := codex.PID(r.agent)
	r.says("say alive")
	if codex.PID(r.agent) != pid {
		t.Error("the process was started again")
	}
}

func TestRealInterruptInTool(t *testing.T) {
	r := newReal(t, adapters.Options{PermissionMode: "bypass"})
	turn := r.turn("run tail -f /dev/null", "say no")
	awaitCommand(t, "tail")
	turn.Await(t, "the command", func(log []openapi.Event) bool { // it runs before it is told
		return slices.ContainsFunc(log, func(e openapi.Event) bool {
			d, ok := e.Data.(openapi.ItemStartedData)
			return ok && d.Item.Kind == openapi.ItemKindToolCall
		})
	})
	turn.Interrupt()
	done := codex.Outputs[openapi.ItemCompleted](r.ends(turn, openapi.TurnStatusInterrupted))
	if last := done[len(done)-1].Item; last.Kind != openapi.ItemKindToolResult || last.Status != openapi.ItemStatusFailed {
		t.Errorf("got %+v", last)
	}
	r.says("say alive")
}

// awaitCommand waits for a process that an agent has started: no event tells that a command runs.
func awaitCommand(t *testing.T, name string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		for _, process := range codex.Left(t) {
			if strings.Contains(process, `"`+name+`\x00`) {
				return
			}
		}
	}
	t.Fatalf("%s does not run: %q", name, codex.Left(t))
}

func TestRealSteer(t *testing.T) {
	r := newReal(t, adapters.Options{})
	turn := r.turn("slow 1000 30")
	turn.AwaitType(t, openapi.EventItemDelta, 3)
	steerer := r.agent.(adapters.Steerer)
	if err := steerer.Steer(t.Context(), adapters.Input{Text: "say steered", Message: "say steered"}); err != nil {
		t.Fatal(err)
	}
	said := r.ends(turn, openapi.TurnStatusCompleted)
	if got := codex.TextsOf(said, openapi.ItemRoleUser); got != "say steered" {
		t.Errorf("the user's items are %q", got)
	}
	text := codex.Messages(said)
	if !strings.HasPrefix(text, "tick1 ") || !strings.HasSuffix(text, "\nsteered") {
		t.Errorf("got %q", text)
	}
}

func TestRealResume(t *testing.T) {
	r := newReal(t, adapters.Options{})
	r.says("say the word is xyzzy")
	native := codex.Native(r.agent)
	r.close()
	r.options.Directory = t.TempDir() // from another directory too
	r.open()
	said := r.says("say going on")
	if codex.Native(r.agent) != native || len(codex.Outputs[openapi.NativeSession](said)) != 0 {
		t.Error("it was begun anew")
	}
	text := fmt.Sprint(r.last().Messages)
	codex.Contains(t, text, "the word is xyzzy")
	if strings.Contains(text, "<transcript>") {
		t.Error("it was told what it knows")
	}
}

// A thread that is gone: the session goes on in another one and knows what was said.
func TestRealUnknownThread(t *testing.T) {
	r := newReal(t, adapters.Options{})
	r.says("say the word is xyzzy")
	native := codex.Native(r.agent)
	r.close()
	for _, home := range []string{"sessions", "state_5.sqlite", "thread_history_1.sqlite"} {
		if err := os.RemoveAll(filepath.Join(codextest.Home(r.home), home)); err != nil {
			t.Fatal(err)
		}
	}
	r.open()
	told := codex.Outputs[openapi.NativeSession](r.says("say going on"))
	if len(told) != 1 || told[0].ID == native {
		t.Errorf("the host was told %+v", told)
	}
	codex.Contains(t, fmt.Sprint(r.last().Messages), "<transcript>", "Assistant: the word is xyzzy")
}

func TestRealImages(t *testing.T) {
	r := newReal(t, adapters.Options{})
	if err := os.WriteFile(r.path("dot.png"), onePixel, 0o600); err != nil {
		t.Fatal(err)
	}
	in := adapters.Input{Number: 1, TurnID: "t", Text: "say seen\n\nAttachments:\n- dot.png", Attachments: []openapi.Attachment{{Path: "dot.png"}}}
	if outcome, err := r.agent.Turn(t.Context(), in, r.host); err != nil || outcome.Status != openapi.TurnStatusCompleted {
		t.Fatalf("got %v, %v", outcome, err)
	}
	for _, m := range r.last().Messages {
		for _, p := range m.Parts {
			if strings.Contains(p.Kind, "image") {
				return
			}
		}
	}
	t.Errorf("the model got no image: %+v", r.last().Messages)
}

// A picture of one pixel.
var onePixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde\x00\x00\x00\x0cIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82")

// Codex calls the tools of the session's own servers, over HTTP and as programs, with what their configuration has; the
// user is asked before, and "always" is about the one tool.
func TestRealMCP(t *testing.T) {
	remote := mcptest.Start(t)
	web := remote.Remote()
	web.Headers, web.BearerTokenEnvVar, web.EnvHeaders = openapi.StringMap{"X-Own": "header"}, "MCP_TOKEN", openapi.StringMap{"X-Env": "MCP_TOKEN"}
	off := false
	r := newReal(t, adapters.Options{MCP: map[string]openapi.MCPServer{
		"web": web, "local": mcptest.Local(t), "off": {Type: "local", Command: []string{"/nowhere"}, Enabled: &off},
	}}, "MCP_TOKEN=token-of-ours")
	for _, name := range []string{"web", "local"} {
		call := "tool mcp__" + name + `__secret {"name":"Ann"}`
		turn := r.turn(call, call, "result")
		asked := r.permit(turn, 1, openapi.PermissionReplyAlways)
		if asked.Action != "mcp__"+name+"__secret" || fmt.Sprint(asked.Metadata["input"]) != "map[name:Ann]" {
			t.Errorf("got %+v", asked)
		}
		said := r.ends(turn, openapi.TurnStatusCompleted)
		if got := strings.Count(codex.ToolOutputs(said), mcptest.Word+" Ann"); got != 2 {
			t.Errorf("%s: got %q", name, codex.ToolOutputs(said))
		}
		codex.Contains(t, codex.Messages(said), mcptest.Word)
		if s := codex.Statuses(said); strings.Contains(s, "mcp:") {
			t.Errorf("got %q", s)
		}
	}
	for _, h := range remote.Headers() {
		if h.Get("X-Own") != "header" || h.Get("Authorization") != "Bearer token-of-ours" || h.Get("X-Env") != "token-of-ours" {
			t.Errorf("got the headers %v", h)
		}
	}
	r.close()
	r.open()
	turn := r.turn(`tool mcp__local__secret {"name":"Bob"}`, "say no")
	r.permit(turn, 1, openapi.PermissionReplyReject)
	if out := codex.ToolOutputs(r.ends(turn, openapi.TurnStatusCompleted)); strings.Contains(out, mcptest.Word) {
		t.Errorf("got %q", out)
	}
}

func TestRealMCPThatFails(t *testing.T) {
	r := newReal(t, adapters.Options{MCP: map[string]openapi.MCPServer{"gone": {Type: "local", Command: []string{"/nowhere"}}}})
	codex.Contains(t, codex.Statuses(r.says("say x")), "mcp: gone failed")
}

// A skill is offered to the model, of those of its source the one that was asked for, and nothing is written anywhere.
func TestRealSkills(t *testing.T) {
	source := t.TempDir()
	for _, name := range []string{"wanted", "other"} {
		dir := filepath.Join(source, "skills", name)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		text := "---\nname: " + name + "-skill\ndescription: Knows the word of " + name + "\n---\nIt is " + name + "-4711.\n"
		if err := os.WriteFile(filepath.Join(dir, "SKILL.md"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o := adapters.Options{Skills: openapi.Skills{Sources: []openapi.SkillSource{{Type: "local", Source: source, Skills: []string{"wanted"}}}}}
	r := newReal(t, o)
	if _, err := r.adapter.Prepare(t.Context(), r.options); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r.says("say x")
		system := r.last().System
		codex.Contains(t, system, "wanted-skill: Knows the word of wanted")
		if strings.Contains(system, "other-skill") {
			t.Error("a skill that was not asked for is offered")
		}
		r.close()
		r.open()
	}
	if entries, err := os.ReadDir(r.options.Directory); err != nil || len(entries) != 0 {
		t.Errorf("the project has %v, %v", entries, err)
	}
	// Codex's own are there.
	if matches, _ := filepath.Glob(filepath.Join(codextest.Home(r.home), "skills", "[^.]*")); len(matches) != 0 {
		t.Errorf("the home has the skills %q", matches)
	}
}

func TestRealModels(t *testing.T) {
	r := newReal(t, adapters.Options{})
	list, err := r.adapter.Models(t.Context())
	if err != nil || len(list.Models) < 3 || len(list.Models[1].Variants) < 3 || list.Models[1].DefaultVariant == "" {
		t.Errorf("got %+v, %v", list, err)
	}
	r.close()
}

// A model and an effort reach the model server as they were asked for. One of Codex's own models works by scripts that it
// writes: its commands are items all the same.
func TestRealModelAndVariant(t *testing.T) {
	r := newReal(t, adapters.Options{Model: "gpt-6.1-sol", Variant: "xhigh", PermissionMode: "bypass"})
	address, efforts := r.overhear(`"effort":"xhigh"`)
	codextest.Env(r.home, address)
	said := r.says("run echo by script", "say x")
	codex.Contains(t, codex.ToolOutputs(said), "by script")
	if got := r.last().Model; got != "gpt-6.1-sol" || efforts() != 2 {
		t.Errorf("got the model %q, the effort in %d requests", got, efforts())
	}
	if s := codex.Statuses(said); strings.Contains(s, "variant") {
		t.Errorf("got %q", s)
	}
}

func TestRealSubagent(t *testing.T) {
	r := newReal(t, adapters.Options{PermissionMode: "bypass"})
	said := r.says(`tool multi_agent_v1__spawn_agent {"message":"say from below"}`, "run sleep 1", "say outer")
	codex.Contains(t, codex.Messages(said), "from below", "outer")
	for _, o := range codex.Outputs[openapi.ItemCompleted](said) {
		text, _ := o.Item.Content[0].Part.(openapi.TextPart)
		if (text.Text == "from below") != (o.Item.ParentID != nil && o.Item.Kind == openapi.ItemKindMessage) {
			t.Errorf("got %+v", o.Item)
		}
	}
}

func TestRealTwentySessionsAtOnce(t *testing.T) {
	r := newReal(t, adapters.Options{})
	r.says("say first") // makes the home: twenty at once would take their turns at that
	var all sync.WaitGroup
	for n := range 20 {
		o := r.options
		o.SessionID, o.NativeSessionID = fmt.Sprint(n), ""
		agent, err := r.adapter.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		turn := adaptertest.NewHost().Turn(t, agent, fmt.Sprintf("say number %d", n))
		all.Go(func() {
			if outcome, err := turn.Wait(t); err != nil || outcome.Status != openapi.TurnStatusCompleted {
				t.Errorf("%d: got %v, %v", n, outcome, err)
			}
			codex.Contains(t, codex.Messages(turn.Outputs()), fmt.Sprint("number ", n))
			if err := agent.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
