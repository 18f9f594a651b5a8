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

func TestGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("git is not on PATH (with CI=true this fails)")
	}
	origin := filepath.Join(t.TempDir(), "origin.git")
	write(t, origin, "skills/first/SKILL.md")
	run(t, origin, "init", "--quiet", "--initial-branch", "main")
	run(t, origin, "add", "-A")
	run(t, origin, "commit", "-qm", "one")
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

func TestGitFaults(t *testing.T) {
	for _, source := range []openapi.SkillSource{
		{Type: "git", Source: "--upload-pack=touch /tmp/x"}, {Type: "git", Source: "ext::sh -c id"}, {Type: "git", Source: "file:///no/such/repository"},
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
