package program

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/environ"
	"github.com/parleyhq/parley/adapters/internal/npm"
)

const ownVersion = "2.0.0"

func spec(t *testing.T, env ...string) Spec {
	return Spec{
		Name: "Some Agent", Command: "agent", Package: "@some/agent", Version: ownVersion,
		Binaries: []string{"node_modules/@some/agent-{platform}/agent{exe}"}, DataDir: t.TempDir(), Env: environ.New(append([]string{}, env...)),
	}
}

func TestFixed(t *testing.T) {
	path, _ := script(t, "1.2.3")
	s := spec(t)
	s.Fixed = path
	f := New(s)
	if version, err := f.Provide(t.Context(), "1.2.3"); err != nil || version != "1.2.3" {
		t.Errorf("got %q, %v", version, err)
	}
	var refused *adapters.OptionError
	if _, err := f.Provide(t.Context(), "1.1.1"); !errors.As(err, &refused) || refused.Option != "agentVersion" {
		t.Errorf("got %v", err)
	}
}

// script puts a program named agent on a PATH of its own, which counts its starts.
func script(t *testing.T, version string) (path, starts string) {
	t.Helper()
	dir := t.TempDir()
	path, starts = filepath.Join(dir, "agent"), filepath.Join(dir, "starts")
	text := "#!/bin/sh\necho started >> " + starts + "\necho '" + version + " (Some Agent)'\n"
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path, starts
}

func TestVersionIsAskedOnce(t *testing.T) {
	path, starts := script(t, "1.2.3")
	a := New(spec(t, "PATH="+filepath.Dir(path)+":/bin"))
	for range 3 {
		if p, err := a.Find(t.Context(), ""); err != nil || p.Path != path || a.Version(t.Context(), p) != "1.2.3" {
			t.Fatalf("got %+v, %v", p, err)
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
	if got := a.Version(t.Context(), Program{Path: path}); got != "1.3.0" {
		t.Errorf("got %s after an update", got)
	}
}

// A program that does not tell its version is not waited for again at once: what asks for it does so often.
func TestVersionOfAProgramThatHangs(t *testing.T) {
	path, starts := script(t, "1.2.3")
	text := "#!/bin/sh\necho started >> " + starts + "\nexec sleep 3600\n"
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	f := New(spec(t, "PATH="+filepath.Dir(path)+":/bin:/usr/bin"))
	f.patience = time.Second
	for range 2 {
		if got := f.Version(t.Context(), Program{Path: path}); got != "" {
			t.Errorf("got %q", got)
		}
	}
	if said, _ := os.ReadFile(starts); strings.Count(string(said), "started") > 1 {
		t.Errorf("it was asked again: %s", said)
	}
}

// A caller who leaves says nothing of the program.
func TestVersionForOneWhoLeaves(t *testing.T) {
	path, _ := script(t, "1.2.3")
	f := New(spec(t, "PATH="+filepath.Dir(path)+":/bin"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := f.Version(ctx, Program{Path: path}); got != "" {
		t.Errorf("got %q", got)
	}
	if got := f.Version(t.Context(), Program{Path: path}); got != "1.2.3" {
		t.Errorf("got %q", got)
	}
}

// place puts a program where Install would have.
func place(t *testing.T, f *Finder, version string) string {
	t.Helper()
	path := filepath.Join(f.request(version).Path(), "node_modules/@some/agent-"+npm.Platforms()[0], "agent")
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
	a := New(spec(t, "PATH="+filepath.Dir(onPath)+":/bin"))
	check := func(version, want string) {
		t.Helper()
		if p, err := a.Find(t.Context(), version); err != nil || p.Path != want {
			t.Errorf("%q: got %s, %v; want %s", version, p.Path, err, want)
		}
	}
	check("", onPath)
	check("1.2.3", onPath)
	other := place(t, a, "1.0.0")
	check("", other)
	check("1.2.3", onPath)
	own := place(t, a, ownVersion)
	check("", own)
	check("1.0.0", other)
	if _, err := a.Find(t.Context(), "3.3.3"); !errors.Is(err, adapters.ErrNotInstalled) || !strings.Contains(err.Error(), "3.3.3") {
		t.Errorf("got %v", err)
	}
}

// fakeNPM answers as the registry, and installs a program for this platform.
const fakeNPM = `#!/bin/sh
case "$1" in
view)
	case "$3" in
	dist-tags.latest) echo 7.7.7 ;;
	dist-tags.mute) exit 1 ;;
	esac ;;
install)
	case "$6" in
	*@8.8.8) echo "npm error code ETARGET" >&2; exit 1 ;;
	*@6.6.6) echo "npm error network" >&2; exit 1 ;;
	esac
	dir=$3/node_modules/@some/agent-PLATFORM
	mkdir -p "$dir"
	printf '#!/bin/sh\n' > "$dir/agent"
	chmod +x "$dir/agent"
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
	a := New(spec(t, "PATH=/bin"))
	var progress []string
	p, err := a.Install(t.Context(), adapters.InstallRequest{Progress: func(line string) { progress = append(progress, line) }})
	if err != nil || p.Version != ownVersion || !strings.Contains(p.Path, ownVersion) {
		t.Errorf("got %+v, %v", p, err)
	}
	if !slices.Contains(progress, "added") {
		t.Errorf("got the lines %q", progress)
	}
	if info, err := a.Install(t.Context(), adapters.InstallRequest{Version: "latest"}); err != nil || info.Version != "7.7.7" {
		t.Errorf("got %+v, %v", info, err)
	}
	if o, err := a.Provide(t.Context(), "latest"); err != nil || o != "7.7.7" {
		t.Errorf("got %+v, %v", o, err)
	}
	if o, err := a.Provide(t.Context(), ""); err != nil || o != "" {
		t.Errorf("got %+v, %v", o, err)
	}
	checkNotInstalled(t, a)
}

func checkNotInstalled(t *testing.T, f *Finder) {
	t.Helper()
	var option *adapters.OptionError
	var install *adapters.InstallError
	for _, version := range []string{"8.8.8", "no-such-tag", "--global"} {
		if _, err := f.Provide(t.Context(), version); !errors.As(err, &option) || option.Option != "agentVersion" {
			t.Errorf("%s: got %v", version, err)
		}
	}
	if _, err := f.Provide(t.Context(), "6.6.6"); !errors.As(err, &install) || !strings.Contains(install.Stderr, "network") {
		t.Errorf("got %v", err)
	}
	if _, err := f.Provide(t.Context(), "mute"); !errors.As(err, &install) {
		t.Errorf("a registry that cannot be asked: got %v", err)
	}
	t.Setenv("PATH", "")
	bare := New(spec(t))
	for _, version := range []string{"", "5.5.5", "latest"} {
		_, err := bare.Provide(t.Context(), version)
		if !errors.As(err, &install) || !strings.Contains(install.Message, "is not on PATH") {
			t.Errorf("%q: got %v", version, err)
		}
	}
}
