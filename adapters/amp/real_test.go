package amp_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/adaptertest/mcptest"
	"github.com/parleyhq/parley/adapters/amp"
	"github.com/parleyhq/parley/openapi"
)

// The real program has turns at its vendor's service only. What it does without it is tested here: that it is installed, takes
// what it is started with, and says why it does not begin.

// nowhere is where no service listens.
const nowhere = "http://127.0.0.1:9"

// real is the real program, in an environment in which it knows nothing of this machine and has no service.
type real struct {
	t       *testing.T
	adapter *amp.Adapter
	program string
	home    string
	env     []string
}

func newReal(t *testing.T, env ...string) *real {
	t.Helper()
	info := adaptertest.Install(t, amp.New(amp.Config{DataDir: adaptertest.Cache(t)}), "")
	r := &real{t: t, program: info.Path, home: t.TempDir()}
	r.env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + r.home, "AMP_URL=" + nowhere, "AMP_API_KEY=key", "AMP_SKIP_UPDATE_CHECK=1"}, env...)
	r.adapter = amp.New(amp.Config{DataDir: t.TempDir(), Program: r.program, Env: r.env})
	return r
}

func (r *real) open(o adapters.Options) adapters.Agent {
	r.t.Helper()
	o.SessionID = r.t.Name()
	if o.Directory == "" {
		o.Directory = r.t.TempDir()
	}
	agent, err := r.adapter.Open(r.t.Context(), o)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		if err := agent.Close(context.Background()); err != nil {
			r.t.Error(err)
		}
		for _, process := range amp.Left(r.t) {
			r.t.Errorf("a process is left: %s", process)
		}
	})
	return agent
}

// asks runs the program with a command of its own, and gives all that it prints.
func (r *real) asks(args ...string) string {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, r.program, args...)
	cmd.Env, cmd.Dir, cmd.WaitDelay = r.env, r.t.TempDir(), time.Second
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		r.t.Fatalf("%q: %v: %s", args, err, out)
	}
	return string(out)
}

// turn plays a turn, which cannot begin.
func (r *real) turn(o adapters.Options) ([]openapi.Output, adapters.Outcome, error) {
	r.t.Helper()
	turn := adaptertest.NewHost().Turn(r.t, r.open(o), "say hello")
	outcome, err := turn.Wait(r.t)
	amp.CheckOutputs(r.t, turn.Outputs())
	return turn.Outputs(), outcome, err
}

func (r *real) refusal(o adapters.Options) string {
	r.t.Helper()
	_, _, err := r.turn(o)
	var exit *adapters.ExitError
	if !errors.As(err, &exit) || exit.ExitCode == nil || *exit.ExitCode != 1 {
		r.t.Fatalf("got %#v", err)
	}
	return exit.Message
}

func TestRealVersion(t *testing.T) {
	r := newReal(t)
	info := r.adapter.Info(t.Context())
	if info.Version != amp.Version || !info.Installed {
		t.Errorf("got %+v", info.AgentInfo)
	}
}

// Every option and setting that is used stands in the program's own help, and so do the variants.
func TestRealHelp(t *testing.T) {
	r := newReal(t)
	help := r.asks("--help")
	skills := openapi.Skills{Sources: []openapi.SkillSource{{Type: "local", Source: writeSkill(t)}}}
	arguments, files := amp.CommandLine(t, r.open(adapters.Options{
		Variant: "high", PermissionMode: "bypass", Skills: skills, MCP: map[string]openapi.MCPServer{"m": mcptest.Local(t)},
	}), "T-1")
	options := 0
	for _, argument := range append(arguments, files...) {
		if strings.HasPrefix(argument, "--") {
			options++
			if !regexp.MustCompile(`(?m)^  (-\w, )?` + argument + `( |$)`).MatchString(help) {
				t.Errorf("%s is not in the help", argument)
			}
		}
	}
	if options != 10 {
		t.Errorf("%d options in %q, %q", options, arguments, files)
	}
	amp.Contains(t, help, "amp.dangerouslyAllowAll\n", "amp.skills.path\n", "AMP_API_KEY", "AMP_SETTINGS_FILE")
	models, err := r.adapter.Models(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	amp.Contains(t, help, "("+strings.Join(models.Models[0].Variants, ", ")+",")
	amp.Contains(t, r.asks("threads", "continue", "--help"), "continue", "--execute")
}

// The command line is taken as it is, for a new thread and for one that goes on: the service is what is missing.
func TestRealCommandLine(t *testing.T) {
	for thread, want := range map[string]string{
		"": "Couldn't connect to the Amp server at " + nowhere, "T-5d2c1f3e-8a47-4c0b-9e1d-2f6b7a8c9d01": "Cannot reach Amp servers",
	} {
		r := newReal(t)
		amp.Contains(t, r.refusal(adapters.Options{
			NativeSessionID: thread, Variant: "high", PermissionMode: "bypass", MCP: map[string]openapi.MCPServer{"m": mcptest.Local(t)},
		}), want)
		if _, err := os.Stat(filepath.Join(r.home, ".config", "amp", "settings.json")); err == nil {
			t.Error("the user has settings")
		}
	}
}

func TestRealWrongService(t *testing.T) {
	service := httptest.NewServer(nil) // 404
	defer service.Close()
	message := newReal(t, "AMP_URL="+service.URL).refusal(adapters.Options{})
	amp.Contains(t, message, "API request for getUserInfo failed: 404")
}

// With a key for another service the program wants to be logged in, and would wait for ever.
func TestRealLogin(t *testing.T) {
	for url, login := range map[string]bool{"https://ampcode.com/": true, nowhere: false} {
		r := newReal(t, "AMP_API_KEY=")
		path := filepath.Join(r.home, ".local", "share", "amp", "secrets.json")
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(`{"apiKey@`+url+`":"key"}`), 0o600)); err != nil {
			t.Fatal(err)
		}
		if !r.adapter.Info(t.Context()).CredentialsAvailable {
			t.Errorf("%s: no credentials", url)
		}
		if !login {
			amp.Contains(t, r.refusal(adapters.Options{}), "Couldn't connect")
			continue
		}
		said, outcome, err := r.turn(adapters.Options{})
		if err != nil || outcome.Status != openapi.TurnStatusFailed || len(said) != 1 {
			t.Fatalf("got %+v, %v, %v", said, outcome, err)
		}
		amp.Contains(t, amp.FailureOf(t, said), "not_logged_in: ", r.program+" login")
	}
}

// The program connects to the session's MCP servers, with the headers that come from its environment, and finds their tools.
func TestRealMCP(t *testing.T) {
	remote := mcptest.Start(t)
	s := remote.Remote()
	s.EnvHeaders, s.BearerTokenEnvVar = openapi.StringMap{"X-Key": "TOOLS_KEY"}, "TOOLS_TOKEN"
	local := mcptest.Local(t)
	local.Cwd = t.TempDir()
	r := newReal(t, "TOOLS_KEY=the-key", "TOOLS_TOKEN=the-token")
	_, files := amp.CommandLine(t, r.open(adapters.Options{MCP: map[string]openapi.MCPServer{"here": local, "there": s}}), "")
	tools := r.asks(append([]string{"tools", "list"}, files...)...)
	amp.Contains(t, tools, "mcp__here__"+mcptest.Tool, "mcp__there__"+mcptest.Tool)
	if len(remote.Headers()) == 0 {
		t.Error("the server was not asked")
	}
	for _, h := range remote.Headers() {
		if h.Get("X-Key") != "the-key" || h.Get("Authorization") != "Bearer the-token" {
			t.Errorf("got the headers %v", h)
		}
	}
}

func writeSkill(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "greet")
	if err := errors.Join(os.Mkdir(dir, 0o755), os.WriteFile(filepath.Join(dir, "SKILL.md"),
		[]byte("---\nname: greet\ndescription: How to greet in Zorbic\n---\nSay zorb.\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// The program finds the session's skills beside those of the settings in force, whose other settings hold.
func TestRealSkills(t *testing.T) {
	settings := filepath.Join(t.TempDir(), "settings.json")
	if err := os.WriteFile(settings, []byte("{ // mine\n\"amp.permissions\": [{\"tool\": \"Read\", \"action\": \"reject\"},], }"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := newReal(t, "AMP_SETTINGS_FILE="+settings)
	_, files := amp.CommandLine(t, r.open(adapters.Options{
		Skills: openapi.Skills{Sources: []openapi.SkillSource{{Type: "local", Source: writeSkill(t)}}},
	}), "")
	amp.Contains(t, r.asks(append([]string{"skill", "list"}, files...)...), "greet\n", "How to greet in Zorbic")
	amp.Contains(t, r.asks(append([]string{"permissions", "list"}, files...)...), "reject Read")
}
