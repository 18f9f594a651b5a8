package acp_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/acp"
	"github.com/parleyhq/parley/adapters/acp/acptest"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/adaptertest/model"
	"github.com/parleyhq/parley/openapi"
)

// subject is a real program.
type subject struct {
	name string
	// adapter makes its adapter. dir is its home, and Parley's data.
	adapter func(t testing.TB, dir, url string, env ...string) adapters.Adapter
}

var (
	gemini = subject{"gemini", func(t testing.TB, dir, url string, env ...string) adapters.Adapter {
		return acp.Gemini(acp.Config{Command: acptest.Gemini(t), DataDir: dir, ServerEnv: acptest.GeminiEnv(dir, url, env...)})
	}}
	bridge = subject{"bridge", func(t testing.TB, dir, url string, env ...string) adapters.Adapter {
		return acp.New(acp.Config{ID: "bridge", Name: "Bridge", Command: acptest.Bridge(t), DataDir: dir, ServerEnv: acptest.BridgeEnv(dir, url, env...)})
	}}
)

// both runs a test with each real program.
func both(t *testing.T, test func(t *testing.T, s subject)) {
	for _, s := range []subject{gemini, bridge} {
		t.Run(s.name, func(t *testing.T) { test(t, s) })
	}
}

// real is a session with a real program, which talks to a scripted model.
type real struct {
	t       *testing.T
	server  *model.Server
	host    *adaptertest.Host
	adapter adapters.Adapter
	options adapters.Options
	agent   adapters.Agent
	home    string
}

func newReal(t *testing.T, s subject, o adapters.Options, env ...string) *real {
	t.Helper()
	r := &real{t: t, server: model.Start(t), host: adaptertest.NewHost(), home: t.TempDir()}
	r.adapter = s.adapter(t, r.home, r.server.URL, env...)
	o.SessionID, o.Directory = t.Name(), t.TempDir()
	r.options = o
	r.open()
	return r
}

// open opens the agent, again after a close.
func (r *real) open() {
	r.t.Helper()
	r.options.History = acp.HistoryOf(r.host.Log())
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
	r.options.NativeSessionID = acp.Native(r.agent)
	if err := r.agent.Close(context.Background()); err != nil {
		r.t.Error(err)
	}
	for _, process := range acp.Left(r.t) {
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
		r.t.Fatalf("the turn ended %q, %v, want %q; it said %q %q %+v", outcome.Status, err, want, acp.Messages(said), acp.Statuses(said), outputs[openapi.Failure](said))
	}
	acp.CheckOutputs(r.t, said)
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

// One session of each program: what it says, does and asks, how it is interrupted and refused, and how it goes on in another
// process.
func TestRealSession(t *testing.T) {
	for _, c := range []struct {
		subject
		code string // of a model provider's 401
	}{{gemini, "authentication_failed"}, {bridge, "not_logged_in"}} {
		t.Run(c.name, func(t *testing.T) {
			r := newReal(t, c.subject, adapters.Options{})
			r.checkText()
			r.checkCommand(openapi.PermissionReplyOnce)
			r.checkCommand(openapi.PermissionReplyReject)
			r.checkCancel()
			r.checkModelError(c.code)
			r.checkFiles()
			r.checkAlways()
			r.checkLoad()
		})
	}
}

func (r *real) checkText() {
	r.t.Helper()
	for range 2 {
		said := r.says("usage 100 10", "think pondering the thing", "say hello there")
		if text := acp.Messages(said); text != "hello there" {
			r.t.Errorf("got %q", text)
		}
		acp.Contains(r.t, parts[openapi.ReasoningPart](said)[0].Text, "pondering the thing")
		u := outputs[openapi.Usage](said)
		if len(u) != 1 || u[0].Data.InputTokens != 100 || u[0].Data.OutputTokens != 10 || u[0].Data.Model == "" {
			r.t.Errorf("got %+v", u)
		}
	}
}

func (r *real) checkCommand(reply openapi.PermissionReply) {
	r.t.Helper()
	file, permitted := "made-"+string(reply), reply != openapi.PermissionReplyReject
	turn := r.turn("run touch "+file+" && echo did-it", "result")
	asked := r.permit(turn, 1, reply)
	acp.Contains(r.t, asked.Metadata["title"].(string), "touch "+file)
	said := r.ends(turn, openapi.TurnStatusCompleted)
	if r.exists(file) != permitted {
		r.t.Errorf("%s: the file is there: %t", reply, !permitted)
	}
	calls := parts[openapi.ToolCallPart](said)
	if len(calls) != 1 || calls[0].Name != asked.Metadata["toolName"] || !strings.Contains(calls[0].Arguments, file) {
		r.t.Errorf("got %+v", calls)
	}
	if permitted {
		acp.Contains(r.t, acp.Messages(said), "did-it")
	}
	if status := lastItem(said, openapi.ItemKindToolResult).Status; (status == openapi.ItemStatusCompleted) != permitted {
		r.t.Errorf("%s: the result is %s", reply, status)
	}
}

func lastItem(said []openapi.Output, kind openapi.ItemKind) (item openapi.Item) {
	for _, o := range outputs[openapi.ItemCompleted](said) {
		if o.Item.Kind == kind {
			item = o.Item
		}
	}
	return item
}

func (r *real) checkCancel() {
	r.t.Helper()
	turn := r.turn("slow 600 50")
	turn.AwaitType(r.t, openapi.EventItemDelta, 3)
	turn.Interrupt()
	said := r.ends(turn, openapi.TurnStatusInterrupted)
	acp.Contains(r.t, acp.Messages(said), "tick1 tick2")
}

func (r *real) checkModelError(code string) {
	r.t.Helper()
	said := r.ends(r.turn("error 401 bad key"), openapi.TurnStatusFailed)
	f := outputs[openapi.Failure](said)
	if len(f) != 1 || *f[0].Data.Code != code {
		r.t.Fatalf("got %+v", f)
	}
	acp.Contains(r.t, f[0].Data.Message+acp.Messages(said), "bad key")
}

func (r *real) checkFiles() {
	r.t.Helper()
	if err := os.WriteFile(r.path("f.txt"), []byte("alpha\nbeta\n"), 0o600); err != nil {
		r.t.Fatal(err)
	}
	turn := r.turn("write "+r.path("new.txt")+" hello file", "read "+r.path("f.txt"), "edit "+r.path("f.txt")+" beta => gamma", "say edited")
	r.permit(turn, 1, openapi.PermissionReplyOnce)
	asked := r.permit(turn, 2, openapi.PermissionReplyOnce)
	if _, ok := asked.Metadata["diffs"]; !ok {
		r.t.Errorf("got %v", asked.Metadata)
	}
	said := r.ends(turn, openapi.TurnStatusCompleted)
	if content, _ := os.ReadFile(r.path("f.txt")); string(content) != "alpha\ngamma\n" {
		r.t.Errorf("the file is %q", content)
	}
	files := parts[openapi.FileRefPart](said)
	if len(files) != 3 || files[0].Action != openapi.FileActionWrite || files[1].Action != openapi.FileActionRead || files[2].Action != openapi.FileActionPatch {
		r.t.Fatalf("got %+v", files)
	}
	acp.Contains(r.t, *files[0].Diff, "--- /dev/null", "+hello file")
	acp.Contains(r.t, *files[2].Diff, "-beta\n", "+gamma\n", r.path("f.txt"))
}

// What is given for good is not asked again.
func (r *real) checkAlways() {
	r.t.Helper()
	turn := r.turn("write "+r.path("one.txt")+" x", "write "+r.path("two.txt")+" x", "say done")
	r.permit(turn, 1, openapi.PermissionReplyAlways)
	said := r.ends(turn, openapi.TurnStatusCompleted)
	if !r.exists("one.txt") || !r.exists("two.txt") {
		r.t.Errorf("got %q", acp.ToolOutputs(said))
	}
}

// The session goes on in another process. What that plays back is not told again.
func (r *real) checkLoad() {
	r.t.Helper()
	r.says("say remember xyzzy")
	r.close()
	r.age()
	r.open()
	said := r.says("say resumed")
	if text := acp.Messages(said); text != "resumed" || len(outputs[openapi.NativeSession](said)) != 0 || len(parts[openapi.ToolCallPart](said)) != 0 {
		r.t.Errorf("got %q, %+v", text, said)
	}
	told := heard(r.asked())
	acp.Contains(r.t, told, "remember xyzzy")
	if strings.Contains(told, "<transcript>") {
		r.t.Error("the session was told what it knows")
	}
}

// age makes the sessions of Gemini CLI older than a minute. It keeps them in files by the minute, and writes over one that it is to
// load within the minute in which it was begun.
func (r *real) age() {
	r.t.Helper()
	files, err := filepath.Glob(r.home + "/gemini/home/.gemini/tmp/*/chats/session-*")
	if err != nil {
		r.t.Fatal(err)
	}
	for _, file := range files {
		if err := os.Rename(file, minute.ReplaceAllString(file, "session-2001-01-01T00-00-")); err != nil {
			r.t.Fatal(err)
		}
	}
}

var minute = regexp.MustCompile(`session-[-0-9]+T\d\d-\d\d-`)

// A session that Gemini CLI cannot load is begun anew, and told what was said.
func TestRealGeminiLoadWithinTheMinute(t *testing.T) {
	for range 3 { // where a minute of the clock ends in between, the session can be loaded
		if r := newReal(t, gemini, adapters.Options{}); begunAnew(t, r) {
			return
		}
	}
	t.Error("the session was loaded each time")
}

// begunAnew says whether the agent began another session when it was opened again, and checks what that one was told.
func begunAnew(t *testing.T, r *real) bool {
	r.says("say remember xyzzy")
	first := acp.Native(r.agent)
	r.close()
	r.open()
	said := r.says("say resumed")
	told := outputs[openapi.NativeSession](said)
	if len(told) == 0 {
		r.close()
		return false
	}
	if told[0].ID == first || acp.Messages(said) != "resumed" {
		t.Errorf("got %+v", said)
	}
	if _, err := r.server.Await(t.Context(), func(q model.Request) bool { return strings.Contains(heard(q), "Assistant: remember xyzzy") }); err != nil {
		t.Error(err)
	}
	return true
}

// asked is the last request of the model that was not one of the agent's own, for a title or a route.
func (r *real) asked() (last model.Request) {
	for _, q := range r.server.Requests() {
		if q.Scripted {
			last = q
		}
	}
	return last
}

// heard is what the model was told in a request.
func heard(q model.Request) string {
	text := q.System
	for _, m := range q.Messages {
		for _, p := range m.Parts {
			text += "\n" + p.Kind + ": " + p.Text
		}
	}
	return text
}
