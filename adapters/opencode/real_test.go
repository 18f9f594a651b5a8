package opencode_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/adaptertest/model"
	"github.com/parleyhq/parley/adapters/opencode"
	"github.com/parleyhq/parley/adapters/opencode/opencodetest"
	"github.com/parleyhq/parley/openapi"
)

// real is a session with the real program, which talks to a scripted model.
type real struct {
	t       *testing.T
	server  *model.Server
	host    *adaptertest.Host
	adapter *opencode.Adapter
	options adapters.Options
	agent   adapters.Agent
	home    string
	data    string
	shared  bool // its server is that of other sessions too
}

// newReal opens a session in a server of its own.
func newReal(t *testing.T, o adapters.Options, env ...string) *real {
	t.Helper()
	program := opencodetest.Binary(t)
	r := &real{server: model.Start(t), home: t.TempDir(), data: t.TempDir()}
	r.adapter = opencode.New(opencode.Config{
		DataDir: r.data, Program: program, Env: opencodetest.Env(r.home, r.server.URL, env...), Attempts: 2,
	})
	return r.session(t, o)
}

// session opens another session of the same adapter.
func (r *real) session(t *testing.T, o adapters.Options) *real {
	t.Helper()
	other := *r
	other.t, other.host, other.options = t, adaptertest.NewHost(), o
	if o.SessionID = t.Name(); o.Directory == "" {
		other.options.Directory = t.TempDir()
	}
	other.open()
	return &other
}

// keep opens a session that has begun, so that its server runs until the end of the test, and gives what other sessions of
// that server are opened with: a start takes seconds.
func keep(t *testing.T) *real {
	t.Helper()
	keeper := newReal(t, adapters.Options{})
	keeper.says("say up")
	others := *keeper
	others.shared = true
	return &others
}

// open opens the agent, again after a close.
func (r *real) open() {
	r.t.Helper()
	r.options.History = opencode.HistoryOf(r.host.Log())
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
	if r.shared {
		return
	}
	for _, process := range opencode.Left(r.t) {
		r.t.Errorf("a process is left: %s", process)
	}
}

// resume closes the agent and opens it again. A server that is not shared is another one then.
func (r *real) resume() {
	r.t.Helper()
	r.options.NativeSessionID = opencode.Native(r.agent)
	r.close()
	r.open()
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
		r.t.Fatalf("the turn ended %q, %v, want %q; it said %q %q %+v", outcome.Status, err, want,
			opencode.Messages(said), opencode.Statuses(said), outputs[openapi.Failure](said))
	}
	opencode.CheckOutputs(r.t, said)
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

// asked counts the permission requests so far.
func (r *real) asked() int {
	n := 0
	for _, e := range r.host.Log() {
		if e.Type() == openapi.EventPermissionRequested {
			n++
		}
	}
	return n
}

func (r *real) question(turn *adaptertest.Turn) openapi.QuestionRequestedData {
	r.t.Helper()
	return turn.AwaitType(r.t, openapi.EventQuestionRequested, 1).Data.(openapi.QuestionRequestedData)
}

// requests are those that the model got with a text of the user in them.
func (r *real) requests(text string) []model.Request {
	return slices.DeleteFunc(r.server.Requests(), func(request model.Request) bool {
		return !strings.Contains(fmt.Sprint(request.Messages), text)
	})
}

// newest is the last of them, as a text.
func (r *real) newest(text string) string {
	r.t.Helper()
	requests := r.requests(text)
	if len(requests) == 0 {
		r.t.Fatalf("the model got no request with %q", text)
	}
	return fmt.Sprint(requests[len(requests)-1].Messages)
}

func (r *real) path(name string) string { return filepath.Join(r.options.Directory, name) }

func (r *real) exists(name string) bool {
	_, err := os.Stat(r.path(name))
	return err == nil
}

// write puts a file into the project.
func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
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
	shared := keep(t)
	server := opencode.Left(t)
	directory := shared.options.Directory // the program takes its time for one that it has not seen
	adaptertest.Run(t, func(t *testing.T) adaptertest.Subject {
		return adaptertest.Subject{
			Adapter: shared.adapter,
			Options: adapters.Options{SessionID: t.Name(), AgentMode: "build", PermissionMode: "default", Directory: directory},
			Say: adaptertest.Messages{
				Text: "say hello there", Stream: "slow 5 20", Long: "slow 1000 50", Permission: "run touch made-here\nsay done",
				Permissions: "run touch made-first\nand run touch made-second\nsay done",
				Question:    "ask Which color? | Red | Blue\nsay done",
				Questions:   "ask multi Which colors? | Red | Blue ;; Which size? | Small | Large\nsay done",
				Flood:       "big 10485760",
			},
			Left: func(t testing.TB) []string {
				return slices.DeleteFunc(opencode.Left(t), func(process string) bool { return slices.Contains(server, process) })
			},
			HeardPermission: func(reply openapi.PermissionReply, said []openapi.Output) bool {
				return strings.Contains(opencode.ToolOutputs(said), "Permission denied.") == (reply == openapi.PermissionReplyReject)
			},
			HeardQuestion: heardQuestion,
		}
	})
}

func heardQuestion(reply adapters.QuestionReply, said []openapi.Output) bool {
	out := opencode.ToolOutputs(said)
	switch {
	case reply.Rejected:
		return strings.Contains(out, "dismissed")
	case len(reply.Answers) == 0:
		return strings.Contains(out, "Unanswered")
	}
	for _, answer := range reply.Answers {
		if !strings.Contains(out, strings.Join(answer, ", ")) {
			return false
		}
	}
	return true
}
