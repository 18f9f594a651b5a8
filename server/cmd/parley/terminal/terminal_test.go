package terminal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTable(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	table := newTable(newConsole(&out), "A", "LONGER", "C")
	table.row(cell{text: "é"}, cell{text: ""}, cell{text: "x\ny"})
	table.row(cell{text: "longest"}, cell{text: "b"}, cell{text: "\x1b[2J"})
	if err := table.print("nothing"); err != nil {
		t.Fatal(err)
	}
	const want = "A        LONGER  C\né        -       x y\nlongest  b       ␛[2J\n"
	if out.String() != want {
		t.Errorf("got\n%s", &out)
	}
}

func TestAgo(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Hour: "now", 0: "now", 90 * time.Second: "1 min ago", 3 * time.Hour: "3 h ago", 49 * time.Hour: "2 days ago",
	} {
		if got := ago(time.Now().Add(-d)); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
	if got := ago(time.Time{}); got != "" {
		t.Errorf("no time is %q", got)
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 1_500_000: "1.5 MB", 1 << 62: "4.6 EB"} {
		if got := size(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

// TestExplain says what to do, in one line.
func TestExplain(t *testing.T) {
	t.Parallel()
	problem := func(code string, status int, detail string) error {
		return fmt.Errorf("wrapped: %w", &client.Error{Problem: openapi.Problem{Code: code, Status: status, Detail: detail, Agent: "a"}})
	}
	r := &remote{server: "http://user:secret@example.com:1", token: "secret"}
	for _, c := range []struct {
		err  error
		want string
	}{
		{problem("invalid_request", 400, "bad\nthing \x1b[2J"), "bad; thing ␛[2J"},
		{problem("token_invalid", 401, ""), "the token is not the one of the server at http://user:xxxxx@example.com:1: give the right one with --token or PARLEY_TOKEN"},
		{problem("session_not_found", 404, "session not found: s"), "session not found: s; `parley sessions list` shows what there is"},
		{problem("agent_not_installed", 404, "agent not installed: a"), "agent not installed: a; install it with `parley agents install a`"},
		{problem("method_not_allowed", 405, ""), "the server at http://user:xxxxx@example.com:1 does not know this call (405): it is another version of Parley, or none"},
		{problem("", 404, "404"), "the server at http://user:xxxxx@example.com:1 does not know this call (404): it is another version of Parley, or none"},
		{&net.OpError{Op: "dial", Err: errors.New("refused")}, "no server answers at http://user:xxxxx@example.com:1: is the address right? --server and PARLEY_SERVER set it"},
		{context.Canceled, ""},
		{&Exit{Code: 7}, ""},
	} {
		got := r.explain(c.err).Error()
		if got != c.want || strings.Contains(got, "secret") {
			t.Errorf("%v is\n%s\nwant\n%s", c.err, got, c.want)
		}
	}
	if r.explain(nil) != nil {
		t.Error("nothing is an error")
	}
}

// TestHere tells where the server is.
func TestHere(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]bool{
		"http://127.0.0.1:1": true, "http://localhost": true, "http://[::1]:2": true, "http://10.0.0.1": false, "https://example.com": false, "%": false,
	} {
		if got := (&remote{server: url}).here(); got != want {
			t.Errorf("%s: %v", url, got)
		}
	}
}
