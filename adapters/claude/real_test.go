package claude_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/adaptertest/model"
	"github.com/parleyhq/parley/adapters/claude"
	"github.com/parleyhq/parley/adapters/claude/claudetest"
	"github.com/parleyhq/parley/openapi"
)

// real is a session with the real program, which talks to a scripted model.
type real struct {
	t       *testing.T
	server  *model.Server
	host    *adaptertest.Host
	adapter *claude.Adapter
	options adapters.Options
	agent   adapters.Agent
	home    string
	data    string
}

func newReal(t *testing.T, o adapters.Options, env ...string) *real {
	t.Helper()
	program := claudetest.Binary(t)
	r := &real{t: t, server: model.Start(t), host: adaptertest.NewHost(), home: t.TempDir(), data: t.TempDir()}
	r.adapter = claude.New(claude.Config{DataDir: r.data, Program: program, Env: claudetest.Env(r.home, r.server.URL, env...)})
	o.SessionID, o.Directory = t.Name(), t.TempDir()
	o.NativeSessionID = r.adapter.NativeSessionID(o.SessionID)
	r.options = o
	r.open()
	return r
}

// open opens the agent, again after a close.
func (r *real) open() {
	r.t.Helper()
	r.options.History = claude.HistoryOf(r.host.Log())
	agent, err := r.adapter.Open(r.t.Context(), r.options)
	if err != nil {
		r.t.Fatal(err)
	}
	r.agent = agent
	r.t.Cleanup(r.close)
}

// close closes the agent; nothing may be left of it.
func (r *real) close() {
	r.t.Helper()
	if err := r.agent.Close(context.Background()); err != nil {
		r.t.Error(err)
	}
	for _, process := range claude.Left(r.t) {
		r.t.Errorf("a process is left: %s", process)
	}
}

func (r *real) turn(lines ...string) *adaptertest.Turn {
	r.t.Helper()
	return r.host.Turn(r.t, r.agent, strings.Join(lines, "\n"))
}

func (r *real) ends(turn *adaptertest.Turn, want openapi.TurnStatus) []openapi.Output {
	r.t.Helper()
	outcome, err := turn.Wait(r.t)
	said := turn.Outputs()
	if err != nil || outcome.Status != want {
		r.t.Fatalf("the turn ended %q, %v, want %q; it said %q %q", outcome.Status, err, want, claude.Messages(said), claude.Statuses(said))
	}
	claude.CheckOutputs(r.t, said)
	return said
}

func (r *real) says(lines ...string) []openapi.Output {
	r.t.Helper()
	return r.ends(r.turn(lines...), openapi.TurnStatusCompleted)
}

// permit answers the n-th permission request of a turn.
func (r *real) permit(turn *adaptertest.Turn, n int, reply openapi.PermissionReply) openapi.PermissionRequestedData {
	r.t.Helper()
	asked := turn.AwaitType(r.t, openapi.EventPermissionRequested, n).Data.(openapi.PermissionRequestedData)
	if err := r.host.AnswerPermission(asked.PermissionID, reply); err != nil {
		r.t.Fatal(err)
	}
	return asked
}

func (r *real) question(turn *adaptertest.Turn) openapi.QuestionRequestedData {
	r.t.Helper()
	return turn.AwaitType(r.t, openapi.EventQuestionRequested, 1).Data.(openapi.QuestionRequestedData)
}

func (r *real) path(name string) string { return filepath.Join(r.options.Directory, name) }

func (r *real) exists(name string) bool {
	_, err := os.Stat(r.path(name))
	return err == nil
}

func outputs[T openapi.Output](said []openapi.Output) []T {
	var found []T
	for _, o := range said {
		if one, ok := o.(T); ok {
			found = append(found, one)
		}
	}
	return found
}

// parts are the parts of a type in the completed items.
func parts[T openapi.Part](said []openapi.Output) []T {
	var found []T
	for _, o := range outputs[openapi.ItemCompleted](said) {
		for _, c := range o.Item.Content {
			if p, ok := c.Part.(T); ok {
				found = append(found, p)
			}
		}
	}
	return found
}

func TestSuiteReal(t *testing.T) {
	program := claudetest.Binary(t)
	server := model.Start(t)
	adaptertest.Run(t, func(t *testing.T) adaptertest.Subject {
		return adaptertest.Subject{
			Adapter: claude.New(claude.Config{DataDir: t.TempDir(), Program: program, Env: claudetest.Env(t.TempDir(), server.URL)}),
			Options: adapters.Options{SessionID: t.Name(), AgentMode: "build", PermissionMode: "default", Directory: t.TempDir()},
			Say: adaptertest.Messages{
				Text: "say hello there", Stream: "slow 5 20", Long: "slow 1000 50", Permission: "run touch made-here\nsay done",
				Question:  "ask Which color? | Red | Blue\nsay done",
				Questions: "ask multi Which colors? | Red | Blue ;; Which size? | Small | Large\nsay done",
				Flood:     "big 10485760",
			},
			Left: claude.Left,
			HeardPermission: func(reply openapi.PermissionReply, said []openapi.Output) bool {
				return strings.Contains(claude.ToolOutputs(said), "Permission denied.") == (reply == openapi.PermissionReplyReject)
			},
			HeardQuestion: heardQuestion,
		}
	})
}

func heardQuestion(reply adapters.QuestionReply, said []openapi.Output) bool {
	out := claude.ToolOutputs(said)
	switch {
	case reply.Rejected:
		return strings.Contains(out, "Permission denied.")
	case len(reply.Answers) == 0:
		return strings.Contains(out, "did not answer")
	}
	for _, answer := range reply.Answers {
		if !strings.Contains(out, strings.Join(answer, ", ")) {
			return false
		}
	}
	return true
}

func TestRealTextUsageAndCost(t *testing.T) {
	r := newReal(t, adapters.Options{})
	for _, usage := range []string{"usage 1000 50", "usage 300 40 200"} {
		said := r.says(usage, "say hello there")
		if text := claude.Messages(said); text != "hello there" {
			t.Errorf("got %q", text)
		}
		if len(outputs[openapi.ItemDelta](said)) < 2 {
			t.Error("no deltas")
		}
		u := outputs[openapi.Usage](said)
		if len(u) != 1 {
			t.Fatalf("got %+v", u)
		}
		d := u[0].Data
		if d.ContextWindow == 0 || d.Model == "" || d.CostUSD == nil || *d.CostUSD <= 0 || *d.CostUSD > 0.02 {
			t.Errorf("got %+v", d)
		}
		if want := map[string][3]int64{"usage 1000 50": {1000, 50, 0}, "usage 300 40 200": {300, 40, 200}}[usage]; want != [3]int64{d.InputTokens, d.OutputTokens, d.CacheReadTokens} {
			t.Errorf("%s: got %+v", usage, d)
		}
	}
}

// With a key in the environment the sessions are kept below Parley's data, and the user's own directory stays untouched.
func TestRealPrivateHome(t *testing.T) {
	r := newReal(t, adapters.Options{}, "CLAUDE_CONFIG_DIR=")
	for range 2 {
		r.says("say x")
		r.close()
		r.open()
	}
	files, err := filepath.Glob(filepath.Join(r.data, "claude", "home", "projects", "*", r.options.NativeSessionID+".jsonl"))
	if err != nil || len(files) != 1 {
		t.Errorf("found %q, %v", files, err)
	}
	if entries, err := os.ReadDir(filepath.Join(r.home, ".claude")); err == nil {
		t.Errorf("the user's directory has %v", entries)
	}
}

// Without one they are in the user's own, where a login would be.
func TestRealUserHome(t *testing.T) {
	r := newReal(t, adapters.Options{}, "CLAUDE_CONFIG_DIR=", claude.HomeVariable+"=user")
	r.says("say x")
	r.close()
	files, err := filepath.Glob(filepath.Join(r.home, ".claude", "projects", "*", r.options.NativeSessionID+".jsonl"))
	if err != nil || len(files) != 1 {
		t.Errorf("found %q, %v", files, err)
	}
}

func TestRealReasoning(t *testing.T) {
	r := newReal(t, adapters.Options{Variant: "high"})
	said := r.says("think pondering the problem deeply", "say thought")
	thoughts := parts[openapi.ReasoningPart](said)
	if len(thoughts) != 1 || thoughts[0].Text != "pondering the problem deeply" || thoughts[0].Visibility != openapi.ReasoningVisibilityPublic {
		t.Errorf("got %+v", thoughts)
	}
	deltas := 0
	for _, d := range outputs[openapi.ItemDelta](said) {
		if d.Part == openapi.DeltaPartReasoning {
			deltas++
		}
	}
	if deltas < 2 || claude.Messages(said) != "thought" {
		t.Errorf("%d deltas; said %q", deltas, claude.Messages(said))
	}
}

func TestRealCommandOnce(t *testing.T) {
	r := newReal(t, adapters.Options{})
	turn := r.turn("run touch made && echo did-it", "say finished")
	asked := r.permit(turn, 1, openapi.PermissionReplyOnce)
	if asked.Action != "Bash" || asked.Metadata["toolName"] != "Bash" || asked.Metadata["blockedPath"] != r.path("made") {
		t.Errorf("got %+v", asked)
	}
	said := r.ends(turn, openapi.TurnStatusCompleted)
	claude.Contains(t, claude.ToolOutputs(said), "did-it")
	if !r.exists("made") || claude.Messages(said) != "finished" {
		t.Errorf("made %t, said %q", r.exists("made"), claude.Messages(said))
	}
}

func TestRealCommandRejected(t *testing.T) {
	r := newReal(t, adapters.Options{})
	turn := r.turn("run touch made", "say went on")
	r.permit(turn, 1, openapi.PermissionReplyReject)
	said := r.ends(turn, openapi.TurnStatusCompleted)
	claude.Contains(t, claude.ToolOutputs(said), "Permission denied.")
	if r.exists("made") || claude.Messages(said) != "went on" {
		t.Errorf("made %t, said %q", r.exists("made"), claude.Messages(said))
	}
}

// Always holds for the like of the command in this session, and is written nowhere.
func TestRealCommandAlways(t *testing.T) {
	r := newReal(t, adapters.Options{})
	turn := r.turn("run touch made", "run touch made again", "say done")
	r.permit(turn, 1, openapi.PermissionReplyAlways)
	r.ends(turn, openapi.TurnStatusCompleted)
	asked := 0
	for _, e := range r.host.Log() {
		if e.Type() == openapi.EventPermissionRequested {
			asked++
		}
	}
	if asked != 1 || !r.exists("again") {
		t.Errorf("asked %d times", asked)
	}
	if r.exists(".claude") {
		t.Error("the permission was written into the project")
	}
}

func TestRealExitCode(t *testing.T) {
	r := newReal(t, adapters.Options{})
	turn := r.turn("run touch made; exit 3", "say done")
	r.permit(turn, 1, openapi.PermissionReplyOnce)
	said := r.ends(turn, openapi.TurnStatusCompleted)
	if p := parts[openapi.JSONPart](said); len(p) != 1 || string(p[0].JSON) != `{"exit_code":3}` {
		t.Errorf("got %+v", p)
	}
}

func TestRealFiles(t *testing.T) {
	r := newReal(t, adapters.Options{PermissionMode: "acceptEdits"})
	file := r.path("f.txt")
	said := r.says("write "+file+` one\ntwo\nthree\n`, "read "+file, "edit "+file+" two => 2", "write "+file+` all new\n`, "say done")
	var got []string
	for _, p := range parts[openapi.FileRefPart](said) {
		diff := ""
		if p.Diff != nil {
			diff = *p.Diff
		}
		if p.Path != file {
			t.Errorf("got the path %s", p.Path)
		}
		got = append(got, string(p.Action)+" "+strings.ReplaceAll(diff, file, "F"))
	}
	want := []string{
		"write --- /dev/null\n+++ F\n@@ -0,0 +1,3 @@\n+one\n+two\n+three\n",
		"read ",
		"patch --- F\n+++ F\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n",
		"write --- F\n+++ F\n@@ -1,3 +1,1 @@\n-one\n-2\n-three\n+all new\n",
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestRealQuestions(t *testing.T) {
	r := newReal(t, adapters.Options{})
	turn := r.turn("ask multi Which colors? | Red | Blue, light | Green ;; Which size? | S | L", "result")
	asked := r.question(turn)
	q := asked.Questions
	if len(q) != 2 || !q[0].MultiSelect || q[1].MultiSelect || len(q[0].Options) != 3 || q[0].Options[0].Description == "" || q[0].Header == "" {
		t.Fatalf("got %+v", q)
	}
	if err := r.host.AnswerQuestion(asked.QuestionID, [][]string{{"Red", "Blue, light"}, {"L"}}); err != nil {
		t.Fatal(err)
	}
	said := r.ends(turn, openapi.TurnStatusCompleted)
	// The program knows the labels again: it tells other words apart.
	claude.Contains(t, claude.ToolOutputs(said), "Your questions have been answered", "Red", "Blue, light", `"Which size?"="L"`)
	turn = r.turn("ask multi Which colors? | Red | Green", "result")
	if err := r.host.AnswerQuestion(r.question(turn).QuestionID, [][]string{{"Red", "Green"}}); err != nil {
		t.Fatal(err)
	}
	claude.Contains(t, claude.ToolOutputs(r.ends(turn, openapi.TurnStatusCompleted)), "Your questions have been answered", "Red, Green")
}

// Who does not answer denies the tool, and the turn goes on.
func TestRealQuestionRejected(t *testing.T) {
	r := newReal(t, adapters.Options{})
	turn := r.turn("ask Which color? | Red | Blue", "say without you")
	if err := r.host.RejectQuestion(r.question(turn).QuestionID); err != nil {
		t.Fatal(err)
	}
	if text := claude.Messages(r.ends(turn, openapi.TurnStatusCompleted)); text != "without you" {
		t.Errorf("got %q", text)
	}
}

func TestRealPlanApproved(t *testing.T) {
	r := newReal(t, adapters.Options{AgentMode: "plan", PermissionMode: "acceptEdits"})
	file := r.path("f.txt")
	turn := r.turn(`plan # The plan\n1. write`, "write "+file+" hi", "say done")
	asked := r.question(turn)
	claude.Contains(t, asked.Prompt, "# The plan\n1. write")
	if r.exists("f.txt") {
		t.Error("written before the plan was approved")
	}
	if err := r.host.AnswerQuestion(asked.QuestionID, [][]string{{"approve"}}); err != nil {
		t.Fatal(err)
	}
	r.ends(turn, openapi.TurnStatusCompleted)
	if !r.exists("f.txt") {
		t.Error("not written after the plan was approved: the session's own permission mode does not hold")
	}
}

func TestRealPlanRejected(t *testing.T) {
	r := newReal(t, adapters.Options{AgentMode: "plan", PermissionMode: "acceptEdits"})
	turn := r.turn("plan # The plan", "write "+r.path("f.txt")+" hi", "say done")
	if err := r.host.AnswerQuestion(r.question(turn).QuestionID, [][]string{{"reject"}}); err != nil {
		t.Fatal(err)
	}
	// Still in plan mode, a write is asked for although the session accepts edits.
	r.permit(turn, 1, openapi.PermissionReplyReject)
	r.ends(turn, openapi.TurnStatusCompleted)
	if r.exists("f.txt") {
		t.Error("written although the plan was rejected")
	}
}

func TestRealInterruptInStream(t *testing.T) {
	r := newReal(t, adapters.Options{})
	turn := r.turn("slow 1000 30")
	turn.AwaitType(t, openapi.EventItemDelta, 3)
	turn.Interrupt()
	said := r.ends(turn, openapi.TurnStatusInterrupted)
	claude.Contains(t, claude.Messages(said), "tick1 tick2 tick3")
	pid := claude.PID(r.agent)
	r.says("say alive")
	if claude.PID(r.agent) != pid {
		t.Error("the process was started again")
	}
}

func TestRealInterruptInTool(t *testing.T) {
	r := newReal(t, adapters.Options{PermissionMode: "bypass"}, "IS_SANDBOX=1")
	turn := r.turn("run tail -f /dev/null", "say no")
	awaitCommand(t, "tail")
	turn.Interrupt()
	said := r.ends(turn, openapi.TurnStatusInterrupted)
	if done := outputs[openapi.ItemCompleted](said); done[len(done)-1].Item.Status != openapi.ItemStatusFailed {
		t.Errorf("got %+v", done[len(done)-1])
	}
	r.says("say alive")
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
	for _, request := range r.server.Requests() {
		for _, m := range request.Messages {
			for _, p := range m.Parts {
				if p.Kind == "image" {
					return
				}
			}
		}
	}
	t.Error("the model got no image")
}

var onePixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc`\x00\x00\x00\x02\x00\x01\xe2!\xbc3\x00\x00\x00\x00IEND\xaeB`\x82")

func TestRealSubagent(t *testing.T) {
	r := newReal(t, adapters.Options{})
	said := r.says(`tool Agent {"description":"d","subagent_type":"general-purpose","prompt":"say from below"}`, "say outer")
	claude.Contains(t, claude.Messages(said), "from below", "outer")
	for _, o := range outputs[openapi.ItemCompleted](said) {
		text, _ := o.Item.Content[0].Part.(openapi.TextPart)
		if (text.Text == "from below") != (o.Item.ParentID != nil && o.Item.Kind == openapi.ItemKindMessage) {
			t.Errorf("got %+v", o.Item)
		}
	}
}

// A slash command is answered by the program itself: an answer, although its model is <synthetic>.
func TestRealSlashCommand(t *testing.T) {
	r := newReal(t, adapters.Options{})
	r.says("say first")
	claude.Contains(t, claude.Messages(r.says("/cost")), "cost")
	said := r.says("/clear")
	told := outputs[openapi.NativeSession](said)
	if len(told) != 1 || told[0].ID == r.options.NativeSessionID {
		t.Fatalf("after /clear the host was told %+v", told)
	}
	r.close()
	r.options.NativeSessionID = told[0].ID
	r.open()
	if text := claude.Messages(r.says("say on")); text != "on" {
		t.Errorf("got %q", text)
	}
}

func TestRealModels(t *testing.T) {
	r := newReal(t, adapters.Options{})
	list, err := r.adapter.Models(t.Context())
	if err != nil || len(list.Models) < 3 || len(list.Models[0].Variants) < 3 {
		t.Errorf("got %+v, %v", list, err)
	}
	r.close()
}

// A model and an effort reach the model server as they were asked for.
func TestRealModel(t *testing.T) {
	r := newReal(t, adapters.Options{Model: "some-model-of-ours"})
	r.says("say x")
	for _, request := range r.server.Requests() {
		if request.Scripted && request.Model != "some-model-of-ours" {
			t.Errorf("got %q", request.Model)
		}
	}
}
