package skill

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/parleyhq/parley/adapters/internal/environ"
	"github.com/parleyhq/parley/openapi"
)

// repository is a git repository at one ref, and the place in the cache that is kept for it. A commit's files are there
// whole or not at all, and are never changed: a session may be reading them.
type repository struct {
	url, ref, name string
	place          string
}

// getter makes a repository's files available and gives their directory.
type getter func(context.Context, repository) (string, error)

var (
	githubName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9_.-]+$`)
	// Other schemes, as ext, run commands.
	gitURL = regexp.MustCompile(`^((https?|ssh|git|file)://|[A-Za-z0-9._][A-Za-z0-9._-]*@[A-Za-z0-9.-]+:|/)`)
	gitRef = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/+-]*$`)
)

func (s Sources) repository(ctx context.Context, source openapi.SkillSource, get getter) (string, error) {
	r := repository{url: source.Source, ref: source.Ref}
	switch {
	case source.Type == "github" && !githubName.MatchString(source.Source):
		return "", &Error{source.Source, "not an owner/repository"}
	case source.Type == "github":
		r.url = "https://github.com/" + strings.TrimSuffix(source.Source, ".git") + ".git"
	case !gitURL.MatchString(source.Source):
		return "", &Error{source.Source, "not a git URL"}
	}
	if r.ref != "" && !gitRef.MatchString(r.ref) {
		return "", &Error{source.Source, "not a branch, tag or commit: " + r.ref}
	}
	sum := sha256.Sum256([]byte(r.url + "\x00" + r.ref))
	r.place = filepath.Join(s.Cache, hex.EncodeToString(sum[:12]))
	r.name = nameOf(r.url)
	dir, err := get(ctx, r)
	if failed := (*gitError)(nil); errors.As(err, &failed) {
		return "", &Error{source.Source, failed.Error()}
	}
	return dir, err
}

// nameOf is what a repository is called: a directory is named so.
func nameOf(url string) string {
	url = strings.TrimSuffix(strings.TrimRight(url, "/"), "/.git")
	name := strings.TrimSuffix(url[strings.LastIndexAny(url, "/:")+1:], ".git")
	switch name {
	case "", ".", "..", ".git":
		return "repository"
	}
	return name
}

// fetched gives what was fetched last.
func fetched(ctx context.Context, r repository) (string, error) {
	commit, err := os.ReadFile(r.current())
	if err != nil {
		return fetch(ctx, r)
	}
	return r.files(string(commit)), nil
}

// current names the file that names the commit that was fetched last.
func (r repository) current() string { return filepath.Join(r.place, "current") }

// files is the directory of a commit; its last element is the repository's name, so that a skill at its root has that name.
func (r repository) files(commit string) string { return filepath.Join(r.place, commit, r.name) }

const (
	fetchPatience = 2 * time.Minute
	lockInterval  = 50 * time.Millisecond // a file lock does not announce that it is free
	unfinished    = "fetch-"              // begins the names of directories that git works in
)

// fetch gets the newest state.
func fetch(ctx context.Context, r repository) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchPatience)
	defer cancel()
	if err := os.MkdirAll(r.place, 0o700); err != nil {
		return "", err
	}
	lock := flock.New(filepath.Join(r.place, "lock"))
	if _, err := lock.TryLockContext(ctx, lockInterval); err != nil {
		return "", err
	}
	defer func() { _ = lock.Unlock() }()
	if err := r.clear(); err != nil {
		return "", err
	}
	fresh, err := os.MkdirTemp(r.place, unfinished)
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(fresh) }()
	commit, err := r.checkout(ctx, filepath.Join(fresh, r.name))
	if err != nil {
		return "", err
	}
	return r.files(commit), r.keep(fresh, commit)
}

// clear removes what fetches have left that were killed. The caller holds the lock.
func (r repository) clear() error {
	entries, err := os.ReadDir(r.place)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), unfinished) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(r.place, e.Name())))
		}
	}
	return err
}

// keep gives a commit its place.
func (r repository) keep(fresh, commit string) error {
	if _, err := os.Stat(r.files(commit)); err != nil {
		if err := os.Rename(fresh, filepath.Dir(r.files(commit))); err != nil {
			return err
		}
	}
	next := r.current() + ".next"
	if err := os.WriteFile(next, []byte(commit), 0o600); err != nil {
		return err
	}
	return os.Rename(next, r.current())
}

func (r repository) checkout(ctx context.Context, dir string) (commit string, err error) {
	ref := r.ref
	if ref == "" {
		ref = "HEAD"
	}
	for _, args := range [][]string{
		{"init", "--quiet", dir},
		{"-C", dir, "fetch", "--quiet", "--depth", "1", "--no-tags", r.url, ref},
		{"-C", dir, "checkout", "--quiet", "--detach", "FETCH_HEAD"},
	} {
		if _, err := git(ctx, args...); err != nil {
			return "", err
		}
	}
	return git(ctx, "-C", dir, "rev-parse", "HEAD")
}

// gitError is a failure of git.
type gitError struct {
	err  error
	said string
}

func (e *gitError) Error() string {
	if e.said == "" {
		return e.err.Error()
	}
	return e.said
}

// foreign are variables by which git finds another repository than it was told. A server that a hook of git has started has them.
var foreign = []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE"}

// environment is git's own. Nobody is there to type a password.
func environment() []string {
	env := environ.New(nil).For(nil, foreign...)
	env["GIT_TERMINAL_PROMPT"] = "0"
	return env.List()
}

func git(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Env = environment()
	cmd.WaitDelay = time.Second
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("git: %w", ctx.Err())
	case errors.Is(err, exec.ErrNotFound):
		return "", &gitError{err: errors.New("git is not on PATH")}
	case err != nil:
		return "", &gitError{err: err, said: strings.TrimSpace(said.String())}
	}
	return strings.TrimSpace(string(out)), nil
}
