package claude

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/npm"
)

func TestHome(t *testing.T) {
	for _, c := range []struct {
		env     string
		home    string
		private bool
	}{
		{"HOME=/h", "/h/.claude", false},
		{"HOME=/h ANTHROPIC_API_KEY=k", "/data/claude/home", true},
		{"HOME=/h CLAUDE_CODE_OAUTH_TOKEN=k", "/data/claude/home", true},
		{"HOME=/h ANTHROPIC_API_KEY=k CLAUDE_CONFIG_DIR=/c", "/c", false},
		{"HOME=/h ANTHROPIC_API_KEY=k PARLEY_CLAUDE_HOME=user", "/h/.claude", false},
		{"HOME=/h PARLEY_CLAUDE_HOME=private", "/data/claude/home", true},
		{"HOME=/h PARLEY_CLAUDE_HOME=private CLAUDE_CONFIG_DIR=/c", "/c", false},
	} {
		env := newEnvironment(strings.Fields(c.env))
		if home, private := env.home("/data"); home != c.home || private != c.private {
			t.Errorf("%s: got %s, %t", c.env, home, private)
		}
		told := slices.Contains(env.forProgram("/data"), "CLAUDE_CONFIG_DIR=/data/claude/home")
		if told != c.private {
			t.Errorf("%s: the program is told %t", c.env, told)
		}
	}
}

func TestCredentials(t *testing.T) {
	write := func(path, content string) string {
		dir := t.TempDir()
		full := filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	for name, c := range map[string]struct {
		env  []string
		want bool
	}{
		"nothing":         {[]string{"HOME=" + t.TempDir()}, false},
		"key":             {[]string{"HOME=" + t.TempDir(), "ANTHROPIC_API_KEY=k"}, true},
		"token":           {[]string{"HOME=" + t.TempDir(), "CLAUDE_CODE_OAUTH_TOKEN=k"}, true},
		"empty key":       {[]string{"HOME=" + t.TempDir(), "ANTHROPIC_API_KEY="}, false},
		"cloud":           {[]string{"HOME=" + t.TempDir(), "CLAUDE_CODE_USE_BEDROCK=1"}, true},
		"login file":      {[]string{"HOME=" + write(".claude/.credentials.json", `{"claudeAiOauth":{"accessToken":"x"}}`)}, true},
		"logged out":      {[]string{"HOME=" + write(".claude/.credentials.json", `{"claudeAiOauth":null}`)}, false},
		"account":         {[]string{"HOME=" + write(".claude.json", `{"oauthAccount":{"a":1}}`)}, true},
		"no account":      {[]string{"HOME=" + write(".claude.json", `{"numStartups":3}`)}, false},
		"broken":          {[]string{"HOME=" + write(".claude.json", `{`)}, false},
		"key helper":      {[]string{"HOME=" + write(".claude/settings.json", `{"apiKeyHelper":"pass"}`)}, true},
		"other directory": {[]string{"HOME=/nowhere", "CLAUDE_CONFIG_DIR=" + write(".claude.json", `{"primaryApiKey":"k"}`)}, true},
	} {
		a := New(Config{DataDir: t.TempDir(), Env: c.env})
		if got := a.Info(t.Context()).CredentialsAvailable; got != c.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

func TestInfo(t *testing.T) {
	info := New(fakeConfig(t)).Info(t.Context())
	if info.ID != "claude" || !info.Installed || info.Version != fakeVersion || info.Path == "" {
		t.Errorf("got %+v", info.AgentInfo)
	}
	if info.Takes != (adapters.Takes{Model: true, Variant: true, AgentVersion: true, Directory: true}) {
		t.Errorf("takes %+v", info.Takes)
	}
	flags := reflect.ValueOf(info.Capabilities)
	for i := range flags.NumField() {
		name := flags.Type().Field(i).Name
		if flags.Field(i).Bool() == (name == "SharedProcess") {
			t.Errorf("capability %s is %t", name, flags.Field(i).Bool())
		}
	}
	empty := New(Config{DataDir: t.TempDir(), Env: []string{"PATH="}})
	if got := empty.Info(t.Context()); got.Installed || got.Path != "" || got.Version != "" {
		t.Errorf("nothing is installed, got %+v", got.AgentInfo)
	}
	if _, err := empty.Open(t.Context(), adapters.Options{}); !errors.Is(err, adapters.ErrNotInstalled) {
		t.Errorf("got %v", err)
	}
	if uuid.Validate(empty.NativeSessionID("any")) != nil {
		t.Error("the native name is no UUID")
	}
}

// script puts a program named claude on a PATH of its own, which counts its starts.
func script(t *testing.T, version string) (path, starts string) {
	t.Helper()
	dir := t.TempDir()
	path, starts = filepath.Join(dir, "claude"), filepath.Join(dir, "starts")
	text := "#!/bin/sh\necho started >> " + starts + "\necho '" + version + " (Claude Code)'\n"
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path, starts
}

func TestVersionIsAskedOnce(t *testing.T) {
	path, starts := script(t, "1.2.3")
	a := New(Config{DataDir: t.TempDir(), Env: []string{"PATH=" + filepath.Dir(path) + ":/bin"}})
	for range 3 {
		if info := a.Info(t.Context()); info.Version != "1.2.3" || info.Path != path {
			t.Fatalf("got %+v", info.AgentInfo)
		}
	}
	count := func() int {
		said, _ := os.ReadFile(starts)
		return strings.Count(string(said), "started")
	}
	if n := count(); n != 1 {
		t.Errorf("started %d times", n)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\necho 1.3.0\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if info := a.Info(t.Context()); info.Version != "1.3.0" {
		t.Errorf("got %+v after an update", info.AgentInfo)
	}
}

// place puts a program where Install would have.
func place(t *testing.T, a *Adapter, version string) string {
	t.Helper()
	path := filepath.Join(a.request(version).Path(), "node_modules/@anthropic-ai/claude-code-"+npm.Platforms()[0], "claude")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWhichProgram(t *testing.T) {
	onPath, _ := script(t, "1.2.3")
	a := New(Config{DataDir: t.TempDir(), Env: []string{"PATH=" + filepath.Dir(onPath) + ":/bin"}})
	check := func(version, want string) {
		t.Helper()
		if p, err := a.find(version); err != nil || p.path != want {
			t.Errorf("%q: got %s, %v; want %s", version, p.path, err, want)
		}
	}
	check("", onPath)
	check("1.2.3", onPath)
	other := place(t, a, "1.0.0")
	check("", other)
	check("1.2.3", onPath)
	own := place(t, a, Version)
	check("", own)
	check("1.0.0", other)
	if _, err := a.find("3.3.3"); !errors.Is(err, adapters.ErrNotInstalled) || !strings.Contains(err.Error(), "3.3.3") {
		t.Errorf("got %v", err)
	}
}

func TestPrepare(t *testing.T) {
	a := New(fakeConfig(t))
	o, err := a.Prepare(t.Context(), adapters.Options{AgentVersion: fakeVersion, Variant: "odd"})
	if err != nil || o.AgentVersion != fakeVersion || o.Variant != "odd" {
		t.Errorf("got %+v, %v", o, err)
	}
	var refused *adapters.OptionError
	if _, err := a.Prepare(t.Context(), adapters.Options{AgentVersion: "1.1.1"}); !errors.As(err, &refused) || refused.Option != "agentVersion" {
		t.Errorf("got %v", err)
	}
}

// fakeNPM answers as the registry, and installs a program for this platform.
const fakeNPM = `#!/bin/sh
case "$1" in
view)
	if [ "$3" = dist-tags.latest ]; then echo 7.7.7; fi ;;
install)
	case "$6" in
	*@8.8.8) echo "npm error code ETARGET" >&2; exit 1 ;;
	*@6.6.6) echo "npm error network" >&2; exit 1 ;;
	esac
	dir=$3/node_modules/@anthropic-ai/claude-code-PLATFORM
	mkdir -p "$dir"
	printf '#!/bin/sh\n' > "$dir/claude"
	chmod +x "$dir/claude"
	echo added ;;
esac
`

func TestInstall(t *testing.T) {
	bin := t.TempDir()
	for name, text := range map[string]string{"npm": strings.ReplaceAll(fakeNPM, "PLATFORM", npm.Platforms()[0]), "node": "#!/bin/sh\n"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":/usr/bin:/bin")
	a := New(Config{DataDir: t.TempDir(), Env: []string{"PATH=/bin"}})
	var progress []string
	info, err := a.Install(t.Context(), "", func(line string) { progress = append(progress, line) })
	if err != nil || !info.Installed || info.Version != Version || !strings.Contains(info.Path, Version) {
		t.Errorf("got %+v, %v", info, err)
	}
	if !slices.Contains(progress, "added") {
		t.Errorf("got the lines %q", progress)
	}
	if info, err := a.Install(t.Context(), "latest", nil); err != nil || info.Version != "7.7.7" {
		t.Errorf("got %+v, %v", info, err)
	}
	if o, err := a.Prepare(t.Context(), adapters.Options{AgentVersion: "latest"}); err != nil || o.AgentVersion != "7.7.7" {
		t.Errorf("got %+v, %v", o, err)
	}
	if o, err := a.Prepare(t.Context(), adapters.Options{}); err != nil || o.AgentVersion != "" {
		t.Errorf("got %+v, %v", o, err)
	}
	checkNotInstalled(t, a)
}

func checkNotInstalled(t *testing.T, a *Adapter) {
	t.Helper()
	var option *adapters.OptionError
	var install *adapters.InstallError
	for _, version := range []string{"8.8.8", "no-such-tag", "--global"} {
		if _, err := a.Prepare(t.Context(), adapters.Options{AgentVersion: version}); !errors.As(err, &option) || option.Option != "agentVersion" {
			t.Errorf("%s: got %v", version, err)
		}
	}
	if _, err := a.Prepare(t.Context(), adapters.Options{AgentVersion: "6.6.6"}); !errors.As(err, &install) || !strings.Contains(install.Stderr, "network") {
		t.Errorf("got %v", err)
	}
	t.Setenv("PATH", "")
	bare := New(Config{DataDir: t.TempDir()})
	for _, version := range []string{"", "5.5.5", "latest"} {
		_, err := bare.Prepare(t.Context(), adapters.Options{AgentVersion: version})
		if !errors.As(err, &install) || !strings.Contains(install.Message, "is not on PATH") {
			t.Errorf("%q: got %v", version, err)
		}
	}
}

func TestModels(t *testing.T) {
	a := New(fakeConfig(t))
	list, err := a.Models(t.Context())
	if err != nil || list.DefaultModel != "default" || len(list.Models) != 2 || !slices.Equal(list.Models[1].Variants, []string{"low", "high"}) {
		t.Errorf("got %+v, %v", list, err)
	}
	for name, config := range map[string]Config{
		"not installed": {DataDir: t.TempDir(), Env: []string{"PATH="}},
		"broken":        fakeConfig(t, start("broken")),
	} {
		list, err := New(config).Models(t.Context())
		if err != nil || len(list.Models) != 4 || list.Models[3].ID != "haiku" {
			t.Errorf("%s: got %+v, %v", name, list, err)
		}
	}
}
