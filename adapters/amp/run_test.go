package amp

import (
	"context"
	"iter"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/openapi"
)

// fakeConfig makes an adapter that starts the stand-in.
func fakeConfig(t testing.TB, env ...string) Config {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Config{
		DataDir: t.TempDir(), Program: program, StopGrace: 2 * time.Second, InterruptTimeout: 3 * time.Second,
		Env: append([]string{
			fakeVariable + "=1", "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), keyVariable + "=key", "GORACE=atexit_sleep_ms=0",
		}, env...),
	}
}

// running is an agent of the stand-in with its session.
type running struct {
	t     *testing.T
	host  *adaptertest.Host
	agent *agent
}

func open(t *testing.T, config Config, o adapters.Options) *running {
	t.Helper()
	if o.SessionID == "" {
		o.SessionID = t.Name()
	}
	if o.Directory == "" {
		o.Directory = t.TempDir()
	}
	opened, err := New(config).Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	r := &running{t, adaptertest.NewHost(), opened.(*agent)}
	t.Cleanup(r.close)
	return r
}

func (r *running) close() {
	r.t.Helper()
	if err := r.agent.Close(context.Background()); err != nil {
		r.t.Error(err)
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

// fails plays a message whose turn ends with an error.
func (r *running) fails(message string) ([]openapi.Output, error) {
	r.t.Helper()
	turn := r.host.Turn(r.t, r.agent, message)
	outcome, err := turn.Wait(r.t)
	if err == nil {
		r.t.Fatalf("%q ended %q", message, outcome.Status)
	}
	checkOutputs(r.t, turn.Outputs())
	return turn.Outputs(), err
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

func pick[T openapi.Output](said []openapi.Output) []T {
	var found []T
	for _, o := range said {
		if one, ok := o.(T); ok {
			found = append(found, one)
		}
	}
	return found
}

// messages joins the texts of the messages.
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
		all = append(all, p.Label+": "+*p.Detail)
	}
	return strings.Join(all, "\n")
}

// failure is the one error of a turn, as "code: message".
func failureOf(t *testing.T, said []openapi.Output) string {
	t.Helper()
	found := pick[openapi.Failure](said)
	if len(found) != 1 {
		t.Fatalf("got %+v", found)
	}
	return *found[0].Data.Code + ": " + found[0].Data.Message
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
