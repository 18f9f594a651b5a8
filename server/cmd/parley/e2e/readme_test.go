package e2e

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

// curl is what runs before a document's lines: every answer's status is printed, and the stream of a session that does not
// end is left after a while.
const curl = `curl() {
  local limit=120
  case "$*" in *events/sse*) limit=3 ;; esac
  command curl -sS --max-time $limit -w '\nstatus %{http_code}\n' "$@"
}
`

// TestREADMEWithMock runs the README's curl lines as they are printed.
func TestREADMEWithMock(t *testing.T) {
	t.Parallel()
	needCurl(t)
	s := newServer(t)
	s.start()
	out := shell(t, readme(t, s))
	for _, want := range []string{`"delta":"Hello there"`, `"permission_id":"mock_2_permission"`, `"status":"accept"`, `"reason":"terminated"`} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
	statuses(t, out, 200, 200, 200, 200, 204, 200, 204, 200)
}

// TestREADMEWithClaude runs them with the real program; the question that its model is asked must be the script's.
func TestREADMEWithClaude(t *testing.T) {
	t.Parallel()
	needCurl(t)
	p := newProject(t, reals[0])
	lines := readme(t, p.s)
	lines = replace(t, lines, `AGENT='{"agent":"mock"}'`, fmt.Sprintf(`AGENT='{"agent":"claude","directory":%q}'`, p.dir))
	lines = replace(t, lines, `ASK='permission'`, `ASK='run touch notes.txt\nsay done'`)
	out := shell(t, lines)
	for _, want := range []string{`"delta":"Hello`, `"action":"Bash"`, `"status":"accept"`, `"reason":"terminated"`} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
	statuses(t, out, 200, 200, 200, 200, 204, 200, 204, 200)
}

// TestSeed runs the requests of the page that the product was asked from: with codex word for word, with others but for the
// agent, and for the model where it takes no other than its own.
func TestSeed(t *testing.T) {
	t.Parallel()
	needCurl(t)
	lines, err := os.ReadFile("testdata/agent-sessions.sh")
	if err != nil {
		t.Fatal(err)
	}
	seed := func(t *testing.T, s *server, agent, model string) {
		text := strings.ReplaceAll(string(lines), "http://127.0.0.1:2468", s.url)
		text = replace(t, text, `"agent": "codex"`, fmt.Sprintf(`"agent": %q`, agent))
		out := shell(t, replace(t, text, `"model": "gpt-4.1"`, fmt.Sprintf(`"model": %q`, cmp.Or(model, "gpt-4.1"))))
		// The page answers requests that nobody made: they are refused by name.
		statuses(t, out, 200, 204, 200, 200, 200, 200, 400, 400, 400, 204)
		if !strings.Contains(out, "unknown question id: question-1") || !strings.Contains(out, "unknown permission id: permission-1") {
			t.Errorf("refused otherwise:\n%s", out)
		}
	}
	t.Run("mock", func(t *testing.T) {
		t.Parallel()
		s := newServer(t)
		s.start()
		seed(t, s, "mock", "")
	})
	for _, agent := range reals {
		if agent.strict {
			continue
		}
		t.Run(agent.id, func(t *testing.T) {
			t.Parallel()
			seed(t, newProject(t, agent).s, agent.id, agent.model)
		})
	}
}

// readme is the README's block of curl lines, for a server.
func readme(t *testing.T, s *server) string {
	t.Helper()
	text, err := os.ReadFile("../../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "```bash\nP=http://127.0.0.1:2468")
	block, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("the README has no curl lines")
	}
	return "P=" + s.url + block
}

func replace(t *testing.T, text, old, by string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("no %s in\n%s", old, text)
	}
	return strings.ReplaceAll(text, old, by)
}

func shell(t *testing.T, lines string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-c", curl+lines)
	cmd.Env = append(os.Environ(), "SANDBOX_TOKEN=none needed")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

func statuses(t *testing.T, out string, want ...int) {
	t.Helper()
	var got []string
	for line := range strings.Lines(out) {
		if status, ok := strings.CutPrefix(strings.TrimSpace(line), "status "); ok {
			got = append(got, status)
		}
	}
	if fmt.Sprint(got) != strings.Trim(fmt.Sprintf("%d", want), "") {
		t.Errorf("answers %v, want %v in\n%s", got, want, out)
	}
}

// needCurl leaves a test out where there is no curl; CI must have one.
func needCurl(t *testing.T) {
	t.Helper()
	for _, program := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skip("the curl lines need " + program + ", which is not on PATH")
		}
	}
}

// TestREADMEInGo runs the README's Go lines as a function's, in a program that stands nowhere but in the compiler's overlay.
func TestREADMEInGo(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.start()
	text, err := os.ReadFile("../../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "```go\nc, err := client.New")
	lines, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("the README has no Go lines")
	}
	lines = replace(t, "c, err := client.New"+lines, "http://127.0.0.1:2468", s.url)
	program := replace(t, goProgram, "LINES", lines)
	overlaid(t, program)
	if err := s.client().TerminateSession(t.Context(), "demo-go"); err != nil { // so that its events end
		t.Fatal(err)
	}
	var accepted int
	for event, err := range s.client().Events(t.Context(), "demo-go", 0) {
		if err != nil {
			t.Fatal(err)
		}
		if d, ok := event.Data.(openapi.PermissionResolvedData); ok && d.Status == openapi.PermissionStatusAccept {
			accepted++
		}
	}
	if accepted != 2 {
		t.Errorf("%d permissions were accepted, want both", accepted)
	}
}

const goProgram = `package main

import (
	"context"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

func talk(ctx context.Context) error {
LINES
	return err
}

func main() {
	if err := talk(context.Background()); err != nil {
		panic(err)
	}
}
`

// overlaid runs a program as if it were a file of this module.
func overlaid(t *testing.T, program string) {
	t.Helper()
	dir := t.TempDir()
	main, err := filepath.Abs("testdata/readme/main.go")
	if err != nil {
		t.Fatal(err)
	}
	file, overlay := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json")
	write(t, file, program)
	write(t, overlay, fmt.Sprintf(`{"Replace": {%q: %q}}`, main, file))
	out, err := exec.CommandContext(t.Context(), "go", "run", "-overlay", overlay, main).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
