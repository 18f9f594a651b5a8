package npm

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeNPM installs one program for every platform of this machine, and notes each call in $CALLS.
// Its behaviour comes after the first lines.
const fakeNPM = `#!/bin/sh
echo "$@" >> "$CALLS"
mkdir -p node_modules
`

const succeeds = fakeNPM + `
for platform in $PLATFORMS; do
	mkdir -p node_modules/some-program-$platform
	printf '#!/bin/sh\necho it runs\n' > node_modules/some-program-$platform/program
	chmod +x node_modules/some-program-$platform/program
done
echo added 2 packages
`

// usePATH makes a PATH of its own with the given scripts, and returns the file of npm's calls.
func usePATH(t *testing.T, scripts map[string]string) (calls string) {
	t.Helper()
	bin, calls := t.TempDir(), filepath.Join(t.TempDir(), "calls")
	for name, text := range scripts {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("CALLS", calls)
	t.Setenv("PLATFORMS", strings.Join(Platforms(), " "))
	t.Setenv("PATH", bin+":/usr/bin:/bin")
	if scripts["npm"] == "" || scripts["node"] == "" {
		t.Setenv("PATH", bin)
	}
	return calls
}

func with(npm string) map[string]string {
	return map[string]string{"npm": npm, "node": "#!/bin/sh\n"}
}

func request(t *testing.T) Request {
	return Request{Dir: t.TempDir(), Package: "@scope/some", Version: "1.2.3"}
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return string(data)
}

// wantNothing checks that neither a package nor a half of one is there.
func wantNothing(t *testing.T, r Request) {
	t.Helper()
	if r.Installed() {
		t.Error("looks installed")
	}
	entries, err := os.ReadDir(filepath.Dir(r.Path()))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			t.Errorf("%s is left", e.Name())
		}
	}
}

// awaitFile waits until a program outside this process made the file, or until done has an error.
func awaitFile(t *testing.T, file string, done <-chan error) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := os.Stat(file); err == nil {
			return
		}
		select {
		case err := <-done:
			t.Fatalf("ended early: %v", err)
		case <-tick.C:
		}
	}
}

func TestInstall(t *testing.T) {
	calls := usePATH(t, with(succeeds))
	r := request(t)
	var said bytes.Buffer
	r.Progress = &said
	for range 2 {
		if err := Install(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	got := strings.Split(strings.TrimSpace(read(t, calls)), "\n")
	if len(got) != 1 || !strings.HasPrefix(got[0], "install --prefix "+r.Dir) || !strings.HasSuffix(got[0], " --no-audit --no-fund @scope/some@1.2.3") {
		t.Errorf("npm was called with %q", got)
	}
	if said.String() != "installing @scope/some@1.2.3\nadded 2 packages\n" {
		t.Errorf("progress: %q", said.String())
	}
	if want := filepath.Join(r.Dir, "@scope", "some", "1.2.3"); r.Path() != want || !r.Installed() {
		t.Errorf("path %s, installed %v", r.Path(), r.Installed())
	}
	if _, err := Binary(r.Path(), "node_modules/some-program-{platform}/program"); err != nil {
		t.Error(err)
	}
}

func TestInstallAgain(t *testing.T) {
	calls := usePATH(t, with(succeeds))
	r := request(t)
	if err := Install(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(r.Path(), "spoilt")
	if err := os.WriteFile(old, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r.Again = true
	if err := Install(t.Context(), r); err != nil || !r.Installed() {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("the old installation is still there")
	}
	if n := strings.Count(read(t, calls), "\n"); n != 2 {
		t.Errorf("npm was called %d times", n)
	}
}

// Whoever looks for the package while it is installed again finds the old one, the new one or none: never a part of one.
func TestInstallAgainIsNeverSeenHalf(t *testing.T) {
	usePATH(t, with(succeeds))
	r := request(t)
	if err := Install(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	marks := make([]string, 4000)
	for i := range marks {
		marks[i] = filepath.Join(r.Path(), "of the old one "+strconv.Itoa(i))
		if err := os.WriteFile(marks[i], nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r.Again = true
	done := make(chan error, 1)
	go func() { done <- Install(t.Context(), r) }()
	for gone := false; len(done) == 0; {
		for _, mark := range marks {
			if _, err := os.Stat(mark); err != nil {
				gone = true
			} else if gone {
				t.Fatal("the old one is there in parts")
			}
		}
	}
	if err := <-done; err != nil || !r.Installed() {
		t.Error(err)
	}
	wantOnly(t, r)
}

// wantOnly checks that the package is there and nothing else.
func wantOnly(t *testing.T, r Request) {
	t.Helper()
	found, _ := filepath.Glob(filepath.Join(filepath.Dir(r.Path()), "*"))
	hidden, _ := filepath.Glob(filepath.Join(filepath.Dir(r.Path()), ".*"))
	if want := []string{r.Path(), r.Path() + ".lock"}; !slices.Equal(append(found, hidden...), want) {
		t.Errorf("there are %q and %q", found, hidden)
	}
}

// What packages bring with them runs when npm installs them: it does not get the server's token.
func TestScriptsOfPackagesGetNoToken(t *testing.T) {
	calls := usePATH(t, with(`#!/bin/sh
echo "token=$PARLEY_TOKEN" >> "$CALLS"
case "$1" in view) echo 1.2.3 ;; esac
`))
	t.Setenv("PARLEY_TOKEN", "secret")
	if err := Install(t.Context(), request(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := Resolve(t.Context(), "some", "latest"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, calls); got != "token=\ntoken=\n" {
		t.Errorf("npm got %q", got)
	}
}

func TestInstallOnceForAll(t *testing.T) {
	calls := usePATH(t, with(succeeds))
	r := request(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := Install(t.Context(), r); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := strings.Count(read(t, calls), "\n"); n != 1 {
		t.Errorf("npm was called %d times", n)
	}
}

func TestFailureShowsWhatNPMSaid(t *testing.T) {
	usePATH(t, with(fakeNPM+"echo 'npm error 404 no such package' >&2; exit 1\n"))
	r := request(t)
	err := Install(t.Context(), r)
	var failed *Error
	if !errors.As(err, &failed) || failed.Stderr != "npm error 404 no such package" || failed.Package != r.Package {
		t.Fatalf("got %v", err)
	}
	if text := err.Error(); !strings.Contains(text, "install @scope/some@1.2.3: exit code 1") || !strings.Contains(text, "404") {
		t.Errorf("got %q", text)
	}
	wantNothing(t, r)
}

func TestCutInstallation(t *testing.T) {
	begun := filepath.Join(t.TempDir(), "begun")
	usePATH(t, with(fakeNPM+"echo begun > "+begun+"; sleep 3600\n"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := request(t)
	done := make(chan error)
	go func() { done <- Install(ctx, r) }()
	awaitFile(t, begun, done)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	wantNothing(t, r)

	usePATH(t, with(succeeds))
	if err := Install(t.Context(), r); err != nil || !r.Installed() {
		t.Errorf("afterwards: %v", err)
	}
}

func TestRemainsOfAKilledInstallation(t *testing.T) {
	usePATH(t, with(succeeds))
	r := request(t)
	remains := filepath.Join(r.Dir, "@scope", "some", ".1.2.3.unfinished")
	if err := os.MkdirAll(filepath.Join(remains, "node_modules", "half"), 0o755); err != nil {
		t.Fatal(err)
	}
	if r.Installed() {
		t.Fatal("looks installed")
	}
	if err := Install(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(r.Path(), "node_modules", "half")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the remains are in the package: %v", err)
	}
}

func TestWaitingForAnotherInstallationEndsWithItsContext(t *testing.T) {
	begun := filepath.Join(t.TempDir(), "begun")
	usePATH(t, with(fakeNPM+"echo begun > "+begun+"; sleep 3600\n"))
	first, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := request(t)
	done := make(chan error)
	go func() { done <- Install(first, r) }()
	awaitFile(t, begun, done)
	second, cancelSecond := context.WithCancel(t.Context())
	cancelSecond()
	if err := Install(second, r); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	cancel()
	<-done
}

func TestMissingPrograms(t *testing.T) {
	for missing, scripts := range map[string]map[string]string{
		"npm":  {"node": "#!/bin/sh\n"},
		"node": {"npm": succeeds},
	} {
		usePATH(t, scripts)
		err := Install(t.Context(), request(t))
		if !errors.Is(err, ErrMissing) || !strings.HasPrefix(err.Error(), missing+" is not on PATH: install Node.js 20 or later") {
			t.Errorf("without %s: %v", missing, err)
		}
	}
}

func TestWhatIsNoPackage(t *testing.T) {
	calls := usePATH(t, with(succeeds))
	dir := t.TempDir()
	for _, r := range []Request{
		{Dir: "", Package: "a", Version: "1.0.0"},
		{Dir: dir, Package: "", Version: "1.0.0"},
		{Dir: dir, Package: "../a", Version: "1.0.0"},
		{Dir: dir, Package: "a/b", Version: "1.0.0"},
		{Dir: dir, Package: "--prefix", Version: "1.0.0"},
		{Dir: dir, Package: "a@npm:b", Version: "1.0.0"},
		{Dir: dir, Package: "a", Version: ""},
		{Dir: dir, Package: "a", Version: "latest"},
		{Dir: dir, Package: "a", Version: "^1.0.0"},
		{Dir: dir, Package: "a", Version: "../../1.0.0"},
		{Dir: dir, Package: "a", Version: "1.0.0/../../x"},
	} {
		if err := Install(t.Context(), r); err == nil {
			t.Errorf("%+v was installed", r)
		}
	}
	if got := read(t, calls); got != "" {
		t.Errorf("npm was called: %s", got)
	}
	for _, r := range []Request{
		{Dir: dir, Package: "a", Version: "0.0.1790142911"},
		{Dir: dir, Package: "@a-b/c.d_e", Version: "1.0.0-rc.1+build"},
	} {
		if err := Install(t.Context(), r); err != nil {
			t.Error(err)
		}
	}
}
