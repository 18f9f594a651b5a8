package claude_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/claude"
	"github.com/parleyhq/parley/openapi"
)

// writeSkill makes a skill with a second file beside its text.
func writeSkill(t *testing.T, dir, name string) {
	t.Helper()
	dir = filepath.Join(dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string]string{
		"SKILL.md": "---\nname: " + name + "\ndescription: How to " + name + " in Zorbic\n---\nThe rule of " + name + " is zorb.\n",
		"more.md":  "More of " + name + ": plugh.\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir, "-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %q: %v: %s", args, err, out)
	}
}

// Skills from a directory and from a repository are offered to the model, and their files are its to read, but not to write;
// the project stays as it was.
func TestRealSkills(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		claude.LeaveOut(t, "git is not on PATH")
	}
	local, repository := t.TempDir(), t.TempDir()
	writeSkill(t, local, "greet")
	writeSkill(t, filepath.Join(repository, "skills"), "bow")
	git(t, repository, "init", "--quiet")
	git(t, repository, "add", "-A")
	git(t, repository, "commit", "-qm", "one")
	r := newReal(t, adapters.Options{PermissionMode: "acceptEdits", Skills: openapi.Skills{Sources: []openapi.SkillSource{
		{Type: "local", Source: local}, {Type: "git", Source: "file://" + repository},
	}}})
	if _, err := r.adapter.Prepare(t.Context(), r.options); err != nil {
		t.Fatal(err)
	}
	r.says(`tool Skill {"skill":"parley:bow"}`, "say done")
	claude.Contains(t, fmt.Sprint(r.server.Requests()),
		"parley:greet: How to greet in Zorbic", "parley:bow: How to bow in Zorbic", "The rule of bow is zorb.")
	more, err := filepath.Glob(filepath.Join(r.data, "claude", "sessions", "*", "plugin", "skills", "bow", "more.md"))
	if err != nil || len(more) != 1 {
		t.Fatalf("found %q, %v", more, err)
	}
	claude.Contains(t, claude.ToolOutputs(r.says("read "+more[0], "say done")), "plugh")
	turn := r.turn("write "+more[0]+" new", "say done")
	r.permit(turn, 1, openapi.PermissionReplyReject)
	r.ends(turn, openapi.TurnStatusCompleted)
	if entries, err := os.ReadDir(r.options.Directory); err != nil || len(entries) != 0 {
		t.Errorf("the project has %v, %v", entries, err)
	}
}
