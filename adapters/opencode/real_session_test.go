package opencode_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/opencode"
	"github.com/parleyhq/parley/adapters/opencode/opencodetest"
	"github.com/parleyhq/parley/openapi"
)

// TestReal is what sessions can do. All of them are in one server, and several at once.
func TestReal(t *testing.T) {
	shared := keep(t)
	const own, common = true, false // directory: the program takes its time for one that it has not seen
	for _, c := range []struct {
		name      string
		directory bool
		options   adapters.Options
		test      func(*testing.T, *real)
	}{
		{"text, usage and cost", common, adapters.Options{}, textUsageAndCost},
		{"reasoning", common, adapters.Options{Variant: opencodetest.Variant}, reasoning},
		{"unknown variant", common, adapters.Options{Variant: "odd"}, unknownVariant},
		{"command once", own, adapters.Options{}, commandOnce},
		{"command rejected", own, adapters.Options{}, commandRejected},
		{"command always", own, adapters.Options{}, commandAlways},
		{"failed command", own, adapters.Options{PermissionMode: "bypass"}, failedCommand},
		{"files", own, adapters.Options{PermissionMode: "acceptEdits"}, files},
		{"edits outside", own, adapters.Options{PermissionMode: "acceptEdits"}, editsOutside},
		{"default asks for edits", own, adapters.Options{}, editAsked},
		{"plan changes nothing", own, adapters.Options{AgentMode: "plan", PermissionMode: "bypass"}, planChangesNothing},
		{"permission mode plan", own, adapters.Options{PermissionMode: "plan"}, planChangesNothing},
		{"questions", common, adapters.Options{}, questions},
		{"question rejected", common, adapters.Options{}, questionRejected},
		{"todo", common, adapters.Options{}, todo},
		{"subagent", own, adapters.Options{}, subagent},
		{"interrupt in a stream", common, adapters.Options{}, interruptInStream},
		{"interrupt in a tool", own, adapters.Options{PermissionMode: "bypass"}, interruptInTool},
		{"refused login", common, adapters.Options{}, refusedLogin},
		{"errors that go by", common, adapters.Options{}, errorRecovered},
		{"overloaded for ever", common, adapters.Options{}, overloaded},
		{"cut for ever", common, adapters.Options{}, modelCut},
		{"files with a message", own, adapters.Options{}, attachments},
		{"models", own, adapters.Options{}, models},
		{"no such model", common, adapters.Options{Model: "scripted/none"}, noSuchModel},
		{"resume in the same server", common, adapters.Options{}, resumeSameServer},
		{"unknown session", common, adapters.Options{NativeSessionID: "ses_dff5unknownunknownunknown"}, unknownSession},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.directory == common {
				c.options.Directory = shared.options.Directory
			}
			c.test(t, shared.session(t, c.options))
		})
	}
}

func textUsageAndCost(t *testing.T, r *real) {
	for _, c := range []struct {
		usage               string
		input, output, read int64
		cost                float64
	}{
		{"usage 1000 50", 1000, 50, 0, 0.011},
		{"usage 500 40 200 15", 300, 40, 200, 0.004},
	} {
		said := r.says(c.usage, "say hello there")
		if text := opencode.Messages(said); text != "hello there" {
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
		if d.ContextWindow != 100_000 || d.Model != opencodetest.Model || d.CostUSD == nil || *d.CostUSD != c.cost {
			t.Errorf("got %+v, cost %v", d, *d.CostUSD)
		}
		if d.InputTokens != c.input || d.OutputTokens != c.output || d.CacheReadTokens != c.read {
			t.Errorf("%s: got %+v", c.usage, d)
		}
	}
	// The title is given: no model is asked for one.
	for _, request := range r.requests("say hello there") {
		if !request.Scripted {
			t.Errorf("the model was asked for something else: %+v", request.Messages)
		}
	}
}

// A variant reaches the model; thoughts are shown.
func reasoning(t *testing.T, r *real) {
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
	if deltas < 2 || opencode.Messages(said) != "thought" || opencode.Statuses(said) != "" {
		t.Errorf("%d deltas; said %q, %q", deltas, opencode.Messages(said), opencode.Statuses(said))
	}
}

func unknownVariant(t *testing.T, r *real) {
	said := r.says("say x")
	opencode.Contains(t, opencode.Statuses(said), "variant: unknown and not used: odd; known for "+opencodetest.Model+": ", opencodetest.Variant)
}

func commandOnce(t *testing.T, r *real) {
	turn := r.turn("run touch made && echo did-it", "say finished")
	asked := r.permit(turn, 1, openapi.PermissionReplyOnce)
	if asked.Action != "bash" || asked.Metadata["permission"] != "bash" || asked.Metadata["command"] != "touch made && echo did-it" {
		t.Errorf("got %+v", asked)
	}
	said := r.ends(turn, openapi.TurnStatusCompleted)
	opencode.Contains(t, opencode.ToolOutputs(said), "did-it")
	if !r.exists("made") || opencode.Messages(said) != "finished" {
		t.Errorf("made %t, said %q", r.exists("made"), opencode.Messages(said))
	}
}

func commandRejected(t *testing.T, r *real) {
	turn := r.turn("run touch made", "say went on")
	r.permit(turn, 1, openapi.PermissionReplyReject)
	said := r.ends(turn, openapi.TurnStatusCompleted)
	opencode.Contains(t, opencode.ToolOutputs(said), "Permission denied.")
	if r.exists("made") || opencode.Messages(said) != "went on" {
		t.Errorf("made %t, said %q", r.exists("made"), opencode.Messages(said))
	}
}

// Always holds for the like of the command in this session, and in no other one of the same directory.
func commandAlways(t *testing.T, r *real) {
	turn := r.turn("run touch made", "run touch made again", "say done")
	r.permit(turn, 1, openapi.PermissionReplyAlways)
	r.ends(turn, openapi.TurnStatusCompleted)
	if r.asked() != 1 || !r.exists("again") {
		t.Errorf("asked %d times", r.asked())
	}
	other := r.session(t, adapters.Options{Directory: r.options.Directory})
	turn = other.turn("run touch more", "say done")
	other.permit(turn, 1, openapi.PermissionReplyReject)
	other.ends(turn, openapi.TurnStatusCompleted)
	if r.exists("more") {
		t.Error("the permission held for another session")
	}
}

func failedCommand(t *testing.T, r *real) {
	said := r.says("run touch made; exit 3", "say done")
	if p := parts[openapi.JSONPart](said); len(p) != 1 || string(p[0].JSON) != `{"exit_code":3}` || r.asked() != 0 || !r.exists("made") {
		t.Errorf("got %+v, asked %d times", p, r.asked())
	}
}

func files(t *testing.T, r *real) {
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
		"write ", // the program does not tell what was there before
	}
	if strings.Join(got, "|") != strings.Join(want, "|") || r.asked() != 0 {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// Edits are accepted in the project only.
func editsOutside(t *testing.T, r *real) {
	elsewhere := t.TempDir() + "/f.txt"
	turn := r.turn("write "+elsewhere+" hi", "say done")
	asked := r.permit(turn, 1, openapi.PermissionReplyReject)
	if asked.Action != "external_directory" {
		t.Errorf("got %+v", asked)
	}
	r.ends(turn, openapi.TurnStatusCompleted)
	if _, err := os.Stat(elsewhere); err == nil {
		t.Error("it was written")
	}
}

func editAsked(t *testing.T, r *real) {
	file := r.path("f.txt")
	write(t, file, "one\ntwo\n")
	turn := r.turn("read "+file, "edit "+file+" two => 2", "say done")
	asked := r.permit(turn, 1, openapi.PermissionReplyOnce)
	if asked.Action != "edit" || asked.Metadata["filepath"] != file || !strings.Contains(fmt.Sprint(asked.Metadata["diff"]), "-two\n+2") {
		t.Errorf("got %+v", asked)
	}
	r.ends(turn, openapi.TurnStatusCompleted)
	if content, _ := os.ReadFile(file); string(content) != "one\n2\n" || r.asked() != 1 {
		t.Errorf("got %q, asked %d times", content, r.asked())
	}
}

func planChangesNothing(t *testing.T, r *real) {
	file := r.path("f.txt")
	said := r.says("write "+file+" hi", "say planned")
	if r.exists("f.txt") || opencode.Messages(said) != "planned" || r.asked() != 0 {
		t.Errorf("written %t, said %q", r.exists("f.txt"), opencode.Messages(said))
	}
}

func questions(t *testing.T, r *real) {
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
	opencode.Contains(t, opencode.ToolOutputs(said), "Red", "Blue, light", `"Which size?"="L"`)
}

// Who does not answer rejects the question, and the turn goes on.
func questionRejected(t *testing.T, r *real) {
	turn := r.turn("ask Which color? | Red | Blue", "say without you")
	if err := r.host.RejectQuestion(r.question(turn).QuestionID); err != nil {
		t.Fatal(err)
	}
	if text := opencode.Messages(r.ends(turn, openapi.TurnStatusCompleted)); text != "without you" {
		t.Errorf("got %q", text)
	}
}

func todo(t *testing.T, r *real) {
	said := r.says(`plan [x] one\n[-] two\nthree`, "say planned")
	if got := opencode.Statuses(said); got != "plan: [x] one\n[>] two\n[ ] three" {
		t.Errorf("got %q", got)
	}
}

// A subagent asks too, and what it says belongs to the call of the tool.
func subagent(t *testing.T, r *real) {
	turn := r.turn(`tool task {"description":"d","subagent_type":"general","prompt":"run touch below\nsay from below"}`, "say outer")
	if asked := r.permit(turn, 1, openapi.PermissionReplyOnce); asked.Metadata["command"] != "touch below" {
		t.Errorf("got %+v", asked)
	}
	said := r.ends(turn, openapi.TurnStatusCompleted)
	opencode.Contains(t, opencode.Messages(said), "from below", "outer")
	if !r.exists("below") {
		t.Error("the subagent did nothing")
	}
	for _, o := range outputs[openapi.ItemCompleted](said) {
		text, _ := o.Item.Content[0].Part.(openapi.TextPart)
		if (text.Text == "from below") != (o.Item.ParentID != nil && o.Item.Kind == openapi.ItemKindMessage) {
			t.Errorf("got %+v", o.Item)
		}
	}
}

func interruptInStream(t *testing.T, r *real) {
	turn := r.turn("slow 1000 30")
	turn.AwaitType(t, openapi.EventItemDelta, 3)
	turn.Interrupt()
	said := r.ends(turn, openapi.TurnStatusInterrupted)
	opencode.Contains(t, opencode.Messages(said), "tick1 tick2 tick3")
	r.says("say alive")
}

func interruptInTool(t *testing.T, r *real) {
	turn := r.turn("run tail -f /dev/null", "say no")
	awaitCommand(t, "tail", true)
	turn.Interrupt()
	said := r.ends(turn, openapi.TurnStatusInterrupted)
	if done := outputs[openapi.ItemCompleted](said); done[len(done)-1].Item.Status != openapi.ItemStatusFailed && len(parts[openapi.ToolResultPart](said)) == 0 {
		t.Errorf("got %+v", done[len(done)-1])
	}
	awaitCommand(t, "tail", false)
	r.says("say alive")
}

// Images and texts reach the model, and the list of the files is not said twice.
func attachments(t *testing.T, r *real) {
	if err := os.WriteFile(r.path("dot.png"), picture(t), 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, r.path("note.txt"), "the secret is xyzzy\n")
	in := adapters.Input{
		Number: 1, TurnID: "t", Message: "say seen both", Text: "say seen both\n\nAttachments:\n- dot.png\n- note.txt",
		Attachments: []openapi.Attachment{{Path: "dot.png"}, {Path: r.path("note.txt")}},
	}
	if outcome, err := r.agent.Turn(t.Context(), in, r.host); err != nil || outcome.Status != openapi.TurnStatusCompleted {
		t.Fatalf("got %v, %v, %+v", outcome, err, r.host.Outputs())
	}
	requests := r.requests("the secret is xyzzy")
	if len(requests) == 0 {
		t.Fatal("the model has not got the text")
	}
	images := 0
	for _, m := range requests[0].Messages {
		for _, p := range m.Parts {
			if p.Kind == "image" {
				images++
			}
		}
	}
	if text := fmt.Sprint(requests[0].Messages); images != 1 || strings.Contains(text, "Attachments:") {
		t.Errorf("%d images in %.500s", images, text)
	}
}

// picture is a file that the program can read: it looks into it.
func picture(t *testing.T) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func models(t *testing.T, r *real) {
	list, err := r.adapter.Models(t.Context())
	if err != nil || len(list.Models) != 1 || list.DefaultModel != opencodetest.Model || list.Models[0].ID != opencodetest.Model ||
		!slices.Contains(list.Models[0].Variants, opencodetest.Variant) {
		t.Errorf("got %+v, %v", list, err)
	}
	write(t, r.path(".opencode/agent/reviewer.md"), "---\ndescription: Reviews\nmode: primary\n---\nYou review.\n")
	write(t, r.path(".opencode/node_modules/.keep"), "") // nothing is to be installed there
	for mode, ok := range map[string]bool{"build": true, "plan": true, "reviewer": true, "general": false, "nobody": false} {
		_, err := r.adapter.Prepare(t.Context(), adapters.Options{AgentMode: mode, Model: opencodetest.Model, Directory: r.options.Directory})
		if (err == nil) != ok {
			t.Errorf("%s: got %v", mode, err)
		}
	}
	if _, err := r.adapter.Prepare(t.Context(), adapters.Options{Model: "scripted/none", Directory: r.options.Directory}); err == nil {
		t.Error("an unknown model was taken")
	}
	for _, m := range r.adapter.Info(t.Context()).Modes {
		if m.ID == "custom" || m.Name == "" {
			t.Errorf("got %+v", m)
		}
	}
}

func noSuchModel(t *testing.T, r *real) {
	failures := outputs[openapi.Failure](r.ends(r.turn("say x"), openapi.TurnStatusFailed))
	if len(failures) != 1 {
		t.Fatalf("got %+v", failures)
	}
	opencode.Contains(t, failures[0].Data.Message, "scripted/none")
}

func resumeSameServer(t *testing.T, r *real) {
	r.says("say the word is plugh")
	r.resume()
	if told := outputs[openapi.NativeSession](r.says("say resumed plugh")); len(told) != 0 {
		t.Errorf("the host was told %+v", told)
	}
	opencode.Contains(t, r.newest("say resumed plugh"), "the word is plugh")
}

func unknownSession(t *testing.T, r *real) {
	native := r.options.NativeSessionID
	told := outputs[openapi.NativeSession](r.says("say the word is frotz"))
	if len(told) != 1 || told[0].ID == native {
		t.Fatalf("the host was told %+v", told)
	}
	r.close()
	r.options.NativeSessionID = native // as if OpenCode had lost it
	r.open()
	r.says("say going on frotz")
	opencode.Contains(t, r.newest("say going on frotz"), "<transcript>", "Assistant: the word is frotz")
}
