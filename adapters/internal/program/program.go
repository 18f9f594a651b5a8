// Package program finds, asks, installs and buries the program of an agent.
//
// It imports adapters (for its errors), openapi and the other packages of adapters/internal. An adapter whose agent is a
// program has one Finder.
package program

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/environ"
)

// Spec describes a program.
type Spec struct {
	Name    string // for people, as "Claude Code"
	Command string // what it is called on PATH
	// Package is its npm package and Version the version that the adapter was built for; Binaries are where the program
	// is in the package, as npm.Binary takes them. An empty Package cannot be installed.
	Package, Version string
	Binaries         []string
	DataDir          string // the server's; packages are installed in the folder npm
	Fixed            string // started instead of what is installed; empty for none
	Env              environ.Env
	// VersionEnv is the environment in which a program is asked for its version; nil = Env.
	VersionEnv func() []string
}

// Program can be started.
type Program struct {
	Path    string
	Version string // empty when it has to be asked
}

// Finder finds one agent's programs. It is safe for concurrent use and asks each program for its version once.
type Finder struct {
	spec     Spec
	patience time.Duration // as the constant; shorter in tests

	mu       sync.Mutex
	versions map[string]answer // by path
}

// answer is what a program has said of itself. Another file under the same path is another program.
type answer struct {
	modified time.Time
	size     int64
	version  string
	until    time.Time // when it is to be asked again; zero = never
}

// of says whether it is the answer of this file, and still good.
func (a answer) of(file os.FileInfo) bool {
	return a.modified.Equal(file.ModTime()) && a.size == file.Size() && (a.until.IsZero() || time.Now().Before(a.until))
}

// New makes a finder. It starts nothing.
func New(spec Spec) *Finder {
	return &Finder{spec: spec, patience: patience, versions: map[string]answer{}}
}

// DefaultDataDir is where programs and state are kept when the server names no directory.
func DefaultDataDir() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	return filepath.Join(cache, "parley")
}

// Find looks for a program: of exactly that version, or of any when it is empty. Those that Parley has installed come before
// the one on PATH, the adapter's own version comes first. It may ask the one on PATH for its version.
// The error is adapters.ErrNotInstalled.
func (f *Finder) Find(ctx context.Context, version string) (Program, error) {
	if f.spec.Fixed != "" {
		return Program{Path: f.spec.Fixed}, nil
	}
	if p, ok := f.installed(version); ok {
		return p, nil
	}
	if path, ok := f.spec.Env.LookPath(f.spec.Command); ok {
		p := Program{Path: path}
		if version == "" || f.Version(ctx, p) == version {
			return p, nil
		}
	}
	if version != "" {
		return Program{}, fmt.Errorf("%w: %s %s", adapters.ErrNotInstalled, f.spec.Name, version)
	}
	return Program{}, fmt.Errorf("%w: %s", adapters.ErrNotInstalled, f.spec.Name)
}

const (
	patience = 20 * time.Second // how long a program may think about its version
	rest     = time.Minute      // how long one that did not tell in time is left alone
)

var versionPattern = regexp.MustCompile(`\d+\.\d+\.\d+\S*`)

// Version asks a program for its version, once. It is empty when the program does not tell.
func (f *Finder) Version(ctx context.Context, p Program) string {
	if p.Version != "" {
		return p.Version
	}
	info, err := os.Stat(p.Path)
	if err != nil {
		return ""
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if known := f.versions[p.Path]; known.of(info) {
		return known.version
	}
	known := answer{modified: info.ModTime(), size: info.Size()}
	said, late := f.ask(ctx, p)
	switch {
	case ctx.Err() != nil:
		return "" // not its fault; asked again
	case late:
		known.until = time.Now().Add(rest)
	}
	known.version = versionPattern.FindString(said)
	f.versions[p.Path] = known
	return known.version
}

// ask starts a program for its version; late says that it had to be ended.
func (f *Finder) ask(ctx context.Context, p Program) (said string, late bool) {
	ctx, cancel := context.WithTimeout(ctx, f.patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.Path, "--version")
	cmd.Env = f.versionEnv()
	cmd.WaitDelay = time.Second // what it has started may hold its output open
	out, err := cmd.Output()
	return string(out), err != nil && ctx.Err() != nil
}

func (f *Finder) versionEnv() []string {
	if f.spec.VersionEnv != nil {
		return f.spec.VersionEnv()
	}
	return f.spec.Env.For(nil).List()
}
