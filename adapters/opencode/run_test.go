package opencode

import (
	"context"
	"iter"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/openapi"
)

// running is an agent of the stand-in with its session.
type running struct {
	t       *testing.T
	adapter *Adapter
	host    *adaptertest.Host
	agent   *agent
}

// run opens an agent; it and all others of its adapter are closed at the end of the test.
func run(t *testing.T, a *Adapter, o adapters.Options) *running {
	t.Helper()
	if o.SessionID == "" {
		o.SessionID = t.Name()
	}
	if o.Directory == "" {
		o.Directory = t.TempDir()
	}
	opened, err := a.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	r := &running{t, a, adaptertest.NewHost(), opened.(*agent)}
	t.Cleanup(r.close)
	return r
}

// close closes the agent. When it was the last one no process may be left.
func (r *running) close() {
	r.t.Helper()
	if err := r.agent.Close(context.Background()); err != nil {
		r.t.Error(err)
	}
	if r.adapter.Info(context.Background()).ServerStatus.Status == openapi.AgentServerStateRunning {
		return
	}
	for _, process := range left(r.t) {
		r.t.Errorf("a process is left: %s", process)
	}
}

// says plays a message and gives all that was said, which must be in order and valid.
func (r *running) says(message string, want openapi.TurnStatus) []openapi.Output {
	r.t.Helper()
	return r.ends(r.host.Turn(r.t, r.agent, message), want)
}

func (r *running) ends(turn *adaptertest.Turn, want openapi.TurnStatus) []openapi.Output {
	r.t.Helper()
	outcome, err := turn.Wait(r.t)
	if err != nil || outcome.Status != want {
		r.t.Fatalf("the turn ended %q, %v; want %q; it said %q %q", outcome.Status, err, want, messages(turn.Outputs()), statuses(turn.Outputs()))
	}
	said := turn.Outputs()
	checkOutputs(r.t, said)
	return said
}

// permit answers the n-th permission request of a turn.
func (r *running) permit(turn *adaptertest.Turn, n int, reply openapi.PermissionReply) openapi.PermissionRequestedData {
	r.t.Helper()
	asked := turn.AwaitType(r.t, openapi.EventPermissionRequested, n).Data.(openapi.PermissionRequestedData)
	if err := r.host.AnswerPermission(asked.PermissionID, reply); err != nil {
		r.t.Fatal(err)
	}
	return asked
}

// asked counts the permission requests so far.
func (r *running) asked() int {
	n := 0
	for _, e := range r.host.Log() {
		if e.Type() == openapi.EventPermissionRequested {
			n++
		}
	}
	return n
}

func (r *running) server() *server {
	r.t.Helper()
	r.agent.mu.Lock()
	defer r.agent.mu.Unlock()
	if r.agent.shared == nil {
		r.t.Fatal("the agent has no server")
	}
	return r.agent.shared.server
}

func checkOutputs(t *testing.T, said []openapi.Output) {
	t.Helper()
	adaptertest.ValidOutputs(t, said)
	for _, err := range []error{adaptertest.InOrder(said), adaptertest.AllCompleted(said)} {
		if err != nil {
			t.Error(err)
		}
	}
}

// parts are the parts of a type in the completed items.
func parts[T openapi.Part](said []openapi.Output) []T {
	var found []T
	for _, o := range pick[openapi.ItemCompleted](said) {
		for _, c := range o.Item.Content {
			if p, ok := c.Part.(T); ok {
				found = append(found, p)
			}
		}
	}
	return found
}

// messages joins the texts of the completed messages.
func messages(said []openapi.Output) string {
	var all []string
	for _, p := range parts[openapi.TextPart](said) {
		all = append(all, p.Text)
	}
	return strings.Join(all, "\n")
}

// statuses joins the labels and details of the status items.
func statuses(said []openapi.Output) string {
	var all []string
	for _, p := range parts[openapi.StatusPart](said) {
		line := p.Label
		if p.Detail != nil {
			line += ": " + *p.Detail
		}
		all = append(all, line)
	}
	return strings.Join(all, "\n")
}

// toolOutputs joins what the tools printed.
func toolOutputs(said []openapi.Output) string {
	var all []string
	for _, p := range parts[openapi.ToolResultPart](said) {
		all = append(all, p.Output)
	}
	return strings.Join(all, "\n")
}

func pick[T openapi.Output](said []openapi.Output) []T {
	var found []T
	for _, o := range said {
		if one, ok := o.(T); ok {
			found = append(found, one)
		}
	}
	return found
}

func contains(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !strings.Contains(text, w) {
			t.Errorf("%q is not in %.2000q", w, text)
		}
	}
}

func historyOf(log []openapi.Event) func(context.Context, uint64) iter.Seq2[openapi.Event, error] {
	return func(context.Context, uint64) iter.Seq2[openapi.Event, error] {
		return func(yield func(openapi.Event, error) bool) {
			for _, e := range log {
				e.TurnID = "an earlier one"
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}
