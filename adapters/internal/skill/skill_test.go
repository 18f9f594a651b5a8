package skill

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

// write makes skills in a directory, each a path of its SKILL.md.
func write(t *testing.T, dir string, files ...string) string {
	t.Helper()
	for _, file := range files {
		full := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte("---\nname: x\n---\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func names(skills []Skill) string {
	var all []string
	for _, s := range skills {
		all = append(all, s.Name)
	}
	return strings.Join(all, " ")
}

func sources(t *testing.T, list ...openapi.SkillSource) Sources {
	return Sources{Skills: openapi.Skills{Sources: list}, Cache: filepath.Join(t.TempDir(), "cache")}
}

func TestLocal(t *testing.T) {
	base := t.TempDir()
	write(t, base, "one/SKILL.md", "set/skills/a/SKILL.md", "set/skills/b/SKILL.md", "set/c/SKILL.md", "plain/d/SKILL.md", "plain/e/other.md", "none/x")
	for _, c := range []struct {
		source openapi.SkillSource
		want   string
		fault  string
	}{
		{openapi.SkillSource{Source: "one"}, "one", ""},
		{openapi.SkillSource{Source: filepath.Join(base, "one")}, "one", ""},
		{openapi.SkillSource{Source: "set"}, "a b", ""},
		{openapi.SkillSource{Source: "set", Skills: []string{"b"}}, "b", ""},
		{openapi.SkillSource{Source: "set", Skills: []string{"b", "z"}}, "", "has no skill z"},
		{openapi.SkillSource{Source: ".", Subpath: "set/skills/a"}, "a", ""},
		{openapi.SkillSource{Source: "one", Subpath: "../set"}, "", "leads out"},
		{openapi.SkillSource{Source: "plain"}, "d", ""},
		{openapi.SkillSource{Source: "none"}, "", "has no skill"},
		{openapi.SkillSource{Source: "missing"}, "", "not a directory"},
	} {
		c.source.Type = "local"
		s := sources(t, c.source)
		s.Base = base
		got, err := s.Fetch(t.Context())
		var bad *Error
		switch {
		case c.fault != "" && (!errors.As(err, &bad) || !strings.Contains(err.Error(), c.fault)):
			t.Errorf("%+v: got %v", c.source, err)
		case c.fault == "" && (err != nil || names(got) != c.want):
			t.Errorf("%+v: got %s, %v", c.source, names(got), err)
		}
	}
	twice := openapi.SkillSource{Type: "local", Source: filepath.Join(base, "one")}
	if _, err := sources(t, twice, twice).Fetch(t.Context()); err == nil || !strings.Contains(err.Error(), "second skill") {
		t.Errorf("got %v", err)
	}
}

func TestCopy(t *testing.T) {
	s := sources(t, openapi.SkillSource{Type: "local", Source: write(t, t.TempDir(), "a/SKILL.md", "a/more/file", "b/SKILL.md")})
	skills, err := s.Fetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dir := write(t, t.TempDir(), "old/SKILL.md")
	if err := Copy(dir, skills); err != nil {
		t.Fatal(err)
	}
	found, _ := filepath.Glob(dir + "/*/*")
	if want := []string{dir + "/a/SKILL.md", dir + "/a/more", dir + "/b/SKILL.md"}; !slices.Equal(found, want) {
		t.Errorf("got %q", found)
	}
}

func run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir, "-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %q: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func needGit(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("git is not on PATH (with CI=true this fails)")
	}
}

// repositoryOf makes a repository with a commit of one skill.
func repositoryOf(t *testing.T, dir, file string) string {
	t.Helper()
	needGit(t)
	write(t, dir, file)
	run(t, dir, "init", "--quiet", "--initial-branch", "main")
	run(t, dir, "add", "-A")
	run(t, dir, "commit", "-qm", "one")
	return dir
}

func TestGit(t *testing.T) {
	origin := repositoryOf(t, filepath.Join(t.TempDir(), "origin.git"), "skills/first/SKILL.md")
	run(t, origin, "tag", "v1")
	write(t, origin, "skills/second/SKILL.md")
	run(t, origin, "add", "-A")
	run(t, origin, "commit", "-qm", "two")

	url := "file://" + origin
	newest, tagged := sources(t, openapi.SkillSource{Type: "git", Source: url}), openapi.SkillSource{Type: "git", Source: url, Ref: "v1"}
	got, err := newest.Fetch(t.Context())
	if err != nil || names(got) != "first second" {
		t.Fatalf("got %s, %v", names(got), err)
	}
	if got, err := sources(t, tagged).Fetch(t.Context()); err != nil || names(got) != "first" {
		t.Errorf("the tag: got %s, %v", names(got), err)
	}

	write(t, origin, "skills/third/SKILL.md")
	run(t, origin, "add", "-A")
	run(t, origin, "commit", "-qm", "three")
	if again, err := newest.Load(t.Context()); err != nil || !slices.Equal(again, got) {
		t.Errorf("loaded: got %v, %v; want %v", again, err, got)
	}
	if again, err := newest.Fetch(t.Context()); err != nil || names(again) != "first second third" {
		t.Errorf("fetched again: got %v, %v", again, err)
	}
	if _, err := os.Stat(got[1].Dir); err != nil {
		t.Error("a session's skills were taken from under it")
	}
}

// The directory of a repository with a work tree is a repository too, and has the name of what it is in.
func TestGitDirectory(t *testing.T) {
	origin := repositoryOf(t, filepath.Join(t.TempDir(), "origin"), "SKILL.md")
	for _, url := range []string{"file://" + origin + "/.git", origin + "/.git/"} {
		got, err := sources(t, openapi.SkillSource{Type: "git", Source: url}).Fetch(t.Context())
		if err != nil || names(got) != "origin" {
			t.Errorf("%s: got %s, %v", url, names(got), err)
		}
	}
}

// Whatever a repository is called, its files are in a place of their own.
func TestNameOfARepository(t *testing.T) {
	for url, want := range map[string]string{
		"https://example.com/a/b.git": "b", "git@example.com:b.git": "b", "git@example.com:a/b": "b", "/a/b/.git": "b",
		"https://example.com/..": "repository", "https://example.com/...git": "repository", "/": "repository", "https://example.com/.git.git": "repository",
	} {
		if got := nameOf(url); got != want {
			t.Errorf("%s: got %q, want %q", url, got, want)
		}
	}
}

// What a fetch that was killed has left is cleared away by the next one.
func TestRemainsOfAFetch(t *testing.T) {
	origin := repositoryOf(t, filepath.Join(t.TempDir(), "origin"), "SKILL.md")
	s := sources(t, openapi.SkillSource{Type: "git", Source: origin})
	got, err := s.Fetch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	place := filepath.Dir(filepath.Dir(got[0].Dir))
	write(t, place, "fetch-123/half")
	if _, err := s.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(place, "fetch-*")); len(left) > 0 {
		t.Errorf("%q is left", left)
	}
}

func TestCancelledFetch(t *testing.T) {
	needGit(t)
	s := sources(t, openapi.SkillSource{Type: "git", Source: "file:///no/such/repository"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Fetch(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(s.Cache, "*", "fetch-*")); len(left) > 0 {
		t.Errorf("%q is left", left)
	}
}

// A server that was started by a hook of git has variables that name a repository: that one is not to be touched. What git
// starts does not get the server's token.
func TestGitVariables(t *testing.T) {
	origin := repositoryOf(t, filepath.Join(t.TempDir(), "origin"), "skills/first/SKILL.md")
	own := repositoryOf(t, filepath.Join(t.TempDir(), "own"), "mine")
	head := run(t, own, "rev-parse", "HEAD")
	t.Setenv("PARLEY_TOKEN", "secret")
	t.Setenv("GIT_DIR", filepath.Join(own, ".git"))
	t.Setenv("GIT_WORK_TREE", own)
	got, err := sources(t, openapi.SkillSource{Type: "git", Source: origin}).Fetch(t.Context())
	if err != nil || names(got) != "first" {
		t.Errorf("got %s, %v", names(got), err)
	}
	if now := run(t, own, "rev-parse", "HEAD"); now != head {
		t.Error("another repository was checked out")
	}
	if _, err := os.Stat(filepath.Join(own, "mine")); err != nil {
		t.Error(err)
	}
	if said, _ := git(t.Context(), "-c", "alias.say=!echo token=$PARLEY_TOKEN", "say"); said != "token=" {
		t.Errorf("git's environment: %s", said)
	}
}

func TestGitFaults(t *testing.T) {
	for _, source := range []openapi.SkillSource{
		{Type: "git", Source: "--upload-pack=touch /tmp/x"}, {Type: "git", Source: "ext::sh -c id"}, {Type: "git", Source: "-q@example.com:x"}, {Type: "git", Source: "file:///no/such/repository"},
		{Type: "git", Source: "file:///tmp", Ref: "--exec"}, {Type: "github", Source: "../../etc"}, {Type: "github", Source: "https://example.com"},
	} {
		var bad *Error
		if _, err := sources(t, source).Fetch(t.Context()); !errors.As(err, &bad) {
			t.Errorf("%+v: got %v", source, err)
		}
	}
}

func TestGitHubName(t *testing.T) {
	var asked repository
	get := func(_ context.Context, r repository) (string, error) { asked = r; return "", errors.New("enough") }
	_, _ = sources(t, openapi.SkillSource{Type: "github", Source: "some/skills", Ref: "main"}).all(t.Context(), get)
	if asked.url != "https://github.com/some/skills.git" || asked.ref != "main" || asked.name != "skills" {
		t.Errorf("asked for %+v", asked)
	}
}
