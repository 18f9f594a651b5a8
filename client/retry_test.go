package client

import (
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestPauses(t *testing.T) {
	t.Parallel()
	r := Retry{}.withDefaults()
	for failures, full := range map[int]time.Duration{
		1: 100 * time.Millisecond, 2: 200 * time.Millisecond, 7: 6400 * time.Millisecond, 8: 10 * time.Second, 1 << 40: 10 * time.Second,
	} {
		for range 100 {
			if p := r.pause(failures, errors.New("x")); p < full/2 || p > full {
				t.Errorf("pause %v after %d failures, want %v to %v", p, failures, full/2, full)
			}
			if p := r.pause(failures, &Error{RetryAfter: time.Minute}); p < time.Minute+full/2 || p > time.Minute+full {
				t.Errorf("pause %v after %d failures and a Retry-After of a minute", p, failures)
			}
		}
	}
}

// TestWatchedOnlyWhileWaiting lets a caller take its time with an event.
func TestWatchedOnlyWhileWaiting(t *testing.T) {
	t.Parallel()
	w := &watched{ReadCloser: io.NopCloser(strings.NewReader("data: x\n\ndata")), silence: time.Hour, timer: time.NewTimer(time.Hour)}
	for _, want := range []string{"data: x\n\ndata", ""} {
		p := make([]byte, 100)
		if n, _ := w.Read(p); string(p[:n]) != want {
			t.Errorf("read %q, want %q", p[:n], want)
		}
		if w.timer.Stop() {
			t.Error("watched while nobody waits")
		}
	}
}

// TestDependencies holds what every program that uses the SDK must link.
func TestDependencies(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{
		"github.com/parleyhq/parley/client", "github.com/parleyhq/parley/openapi",
		"github.com/tmaxmax/go-sse", "github.com/google/uuid", "github.com/oapi-codegen/runtime", "github.com/apapsch/go-jsonmerge",
	}
	for path := range strings.FieldsSeq(string(out)) {
		ok := false
		for _, prefix := range allowed {
			ok = ok || path == prefix || strings.HasPrefix(path, prefix+"/")
		}
		if !ok {
			t.Errorf("the client pulls in %s", path)
		}
	}
}
