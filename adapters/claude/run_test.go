package claude

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
	t     *testing.T
	host  *adaptertest.Host
	agent *agent
}

func run(t *testing.T, config Config, o adapters.Options) *running {
	t.Helper()
	a := New(config)
	if o.SessionID == "" {
		o.SessionID, o.Directory = t.Name(), t.TempDir()
	}
	if o.NativeSessionID == "" {
		o.NativeSessionID = a.NativeSessionID(o.SessionID)
	}
	opened, err := a.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	r := &running{t, adaptertest.NewHost(), opened.(*agent)}
	t.Cleanup(r.close)
	return r
}

// close ends the agent, of which no process may be left then.
func (r *running) close() {
	r.t.Helper()
	if err := r.agent.Close(context.Background()); err != nil {
		r.t.Error(err)
	}
	for _, process := range left(r.t) {
		if strings.Contains(process, r.agent.native) { // a test may have several agents
			r.t.Errorf("a process is left: %s", process)
		}
	}
}

// says plays a message and gives all that was said, which must be in order and valid.
func (r *running) says(message string, want openapi.TurnStatus) []openapi.Output {
	r.t.Helper()
	turn := r.host.Turn(r.t, r.agent, message)
	outcome, err := turn.Wait(r.t)
	if err != nil || outcome.Status != want {
		r.t.Fatalf("%q ended %q, %v; want %q", message, outcome.Status, err, want)
	}
	said := turn.Outputs()
	checkOutputs(r.t, said)
	return said
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

// messages joins the texts of the completed messages.
func messages(said []openapi.Output) string {
	var all []string
	for _, o := range said {
		if done, ok := o.(openapi.ItemCompleted); ok && done.Item.Kind == openapi.ItemKindMessage {
			for _, c := range done.Item.Content {
				if p, ok := c.Part.(openapi.TextPart); ok {
					all = append(all, p.Text)
				}
			}
		}
	}
	return strings.Join(all, "\n")
}

// statuses joins the labels and details of the status items.
func statuses(said []openapi.Output) string {
	var all []string
	for _, o := range said {
		if done, ok := o.(openapi.ItemCompleted); ok && done.Item.Kind == openapi.ItemKindStatus {
			p := done.Item.Content[0].Part.(openapi.StatusPart)
			all = append(all, p.Label+": "+deref(p.Detail))
		}
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
