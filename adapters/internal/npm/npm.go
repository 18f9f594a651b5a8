// Package npm installs pinned npm packages into a data directory and finds the programs in them.
//
// It imports the standard library, a file lock, environ and proc, which keeps npm's processes. Only adapters whose agent comes
// from the npm registry call it. npm takes its registry, proxy and cache from its own configuration.
package npm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"

	"github.com/gofrs/flock"

	"github.com/parleyhq/parley/adapters/internal/environ"
	"github.com/parleyhq/parley/adapters/internal/proc"
)

// ErrMissing is returned where npm or node is not on PATH.
var ErrMissing = errors.New("is not on PATH: install Node.js 20 or later (it brings npm), then try again")

// Request names a package and the directory that packages are kept in.
type Request struct {
	Dir      string    // the data directory; packages of many names and versions share it
	Package  string    // the name, as "@scope/name" or "name"
	Version  string    // an exact version; a tag as "latest" is refused
	Again    bool      // install although it is there; a program that runs goes on
	Progress io.Writer // gets what npm says; may be nil
}

// Path is where the package is, or will be: it holds node_modules.
func (r Request) Path() string { return filepath.Join(r.Dir, filepath.FromSlash(r.Package), r.Version) }

// Installed says whether the package is there. A package is there as a whole or not at all.
func (r Request) Installed() bool {
	info, err := os.Stat(r.Path())
	return err == nil && info.IsDir()
}

// Error is an installation that npm began and did not finish.
type Error struct {
	Package, Version string
	Stderr           string // the last lines of what npm said
	Err              error  // npm's exit, or why it was not waited for
}

func (e *Error) Error() string {
	text := fmt.Sprintf("install %s@%s: %v", e.Package, e.Version, e.Err)
	if e.Stderr != "" {
		text += "\n" + e.Stderr
	}
	return text
}

// Unwrap gives the reason.
func (e *Error) Unwrap() error { return e.Err }

const (
	lockInterval = 50 * time.Millisecond // a file lock does not announce that it is free
	stopGrace    = 5 * time.Second
)

// Install installs the package, unless it is there or Again is said. It waits for another process that installs the same one.
// An installation that is cut short, in whatever way, leaves nothing that looks installed.
// Errors: ErrMissing, *Error, ctx's, those of the file system.
func Install(ctx context.Context, r Request) error {
	if err := r.validate(); err != nil {
		return err
	}
	if r.Installed() && !r.Again {
		return nil
	}
	npm, err := findNPM()
	if err != nil {
		return err
	}
	parent := filepath.Dir(r.Path())
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	lock := flock.New(r.Path() + ".lock")
	if _, err := lock.TryLockContext(ctx, lockInterval); err != nil {
		return fmt.Errorf("wait for another installation of %s@%s: %w", r.Package, r.Version, err)
	}
	defer func() { _ = lock.Unlock() }()
	if r.Installed() && !r.Again {
		return nil
	}
	return r.build(ctx, npm)
}

// build lets npm work in a directory that becomes the package's when it is whole. The caller holds the lock, so that
// such directories of the same version are left from installations that were killed.
func (r Request) build(ctx context.Context, npm string) error {
	unfinished, replaced := r.hidden("unfinished"), r.hidden("replaced")
	if err := errors.Join(os.RemoveAll(unfinished), os.RemoveAll(replaced)); err != nil {
		return err
	}
	if err := os.Mkdir(unfinished, 0o755); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(unfinished) }()
	if err := r.run(ctx, npm, unfinished); err != nil {
		return err
	}
	// What was there goes as a whole too: a part of it would look installed.
	if err := os.Rename(r.Path(), replaced); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	defer func() { _ = os.RemoveAll(replaced) }()
	return os.Rename(unfinished, r.Path())
}

// hidden is a place beside the package that nobody takes for one.
func (r Request) hidden(state string) string {
	return filepath.Join(filepath.Dir(r.Path()), "."+r.Version+"."+state)
}

// environment is npm's own: the server's without its secrets, which the scripts of packages would get.
func environment() []string { return environ.New(nil).For(nil).List() }

func (r Request) run(ctx context.Context, npm, dir string) error {
	spec := proc.Spec{
		Path: npm, Dir: dir, Text: true, Env: environment(),
		Args: []string{"install", "--prefix", dir, "--no-audit", "--no-fund", r.Package + "@" + r.Version},
	}
	p, err := proc.Start(ctx, spec)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = p.Stop(context.Background(), stopGrace) })
	defer stop()
	r.report(p)
	exit, _ := p.Wait(context.WithoutCancel(ctx)) // fails with its context alone
	failed := exit.Err()
	if ctx.Err() != nil {
		failed = ctx.Err()
	}
	if failed == nil {
		return nil
	}
	return &Error{Package: r.Package, Version: r.Version, Stderr: last(exit.Stderr), Err: failed}
}

// report passes on what npm prints until it ends.
func (r Request) report(p *proc.Process) {
	out := r.Progress
	if out == nil {
		out = io.Discard
	}
	_, _ = fmt.Fprintf(out, "installing %s@%s\n", r.Package, r.Version)
	for {
		line, err := p.ReadLine()
		var bad *proc.LineError
		if errors.As(err, &bad) {
			continue
		}
		if err != nil {
			return
		}
		_, _ = fmt.Fprintf(out, "%s\n", line)
	}
}

func last(out proc.Stderr) string {
	if out.Tail != "" {
		return out.Tail
	}
	return out.Head
}

func findNPM() (string, error) {
	if _, err := exec.LookPath("node"); err != nil {
		return "", fmt.Errorf("node %w", ErrMissing)
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", fmt.Errorf("npm %w", ErrMissing)
	}
	return npm, nil
}

// Names and versions become paths and an argument of npm: nothing that could be read as something else passes.
var (
	name    = regexp.MustCompile(`^(@[a-z0-9~][a-z0-9._~-]*/)?[a-z0-9~][a-z0-9._~-]*$`)
	version = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+([+-][0-9A-Za-z.+-]+)?$`)
)

func (r Request) validate() error {
	switch {
	case r.Dir == "":
		return errors.New("install: no directory")
	case !name.MatchString(r.Package):
		return fmt.Errorf("install: %q is not the name of an npm package", r.Package)
	case !version.MatchString(r.Version):
		return fmt.Errorf("install %s: %q is not an exact version", r.Package, r.Version)
	}
	return nil
}
