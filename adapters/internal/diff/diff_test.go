package diff

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A diff is right when patch makes the one text of the other.
func TestChange(t *testing.T) {
	patch, err := exec.LookPath("patch")
	for _, c := range [][2]string{
		{"", "a\nb\n"}, {"a\nb\n", ""}, {"a\nb\nc\nd\ne\nf\ng\nh\n", "a\nb\nc\nd\nE\nf\ng\nh\n"}, {"a\n", "a\nb"}, {"a", "a\n"},
		{"a\na\na\n", "a\na\n"}, {"x\n", "y\n"}, {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "2\n3\n4\n5\n6\n7\n8\n"}, {"\n", "\n\n"},
	} {
		got := Unified("a", "b", Change(c[0], c[1]))
		if got == nil {
			t.Fatalf("%q -> %q: no diff", c[0], c[1])
		}
		if err != nil {
			continue
		}
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte(c[0]), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), patch, "--silent", path)
		cmd.Stdin = strings.NewReader(*got)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%q -> %q: %v: %s\n%s", c[0], c[1], err, out, *got)
		}
		if patched, _ := os.ReadFile(path); string(patched) != c[1] {
			t.Errorf("%q -> %q: the patch gives %q\n%s", c[0], c[1], patched, *got)
		}
	}
	if Change("same", "same") != nil {
		t.Error("no change is a change")
	}
}
