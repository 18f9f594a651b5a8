package environ

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestState(t *testing.T) {
	in := func(dir string) func(string) bool { return func(d string) bool { return d == dir } }
	for _, c := range []struct {
		env     string
		login   string
		want    string
		private bool
	}{
		{"", "", "/private", true},
		{"KEY=k", "", "/private", true},
		{"KEY=k", "/user", "/private", true},
		{"KEY=", "/user", "/user", false},
		{"", "/private", "/private", true},
		{"AGENT_DIR=/own KEY=k", "", "/own", false},
		{"CHOICE=user KEY=k", "", "/user", false},
		{"CHOICE=private", "/user", "/private", true},
		{"CHOICE=nonsense", "/user", "/user", false},
	} {
		s := State{Variable: "AGENT_DIR", Choice: "CHOICE", Keys: []string{"KEY"}, Private: "/private", User: "/user", LoggedIn: in(c.login)}
		env := New(strings.Fields(c.env))
		if dir, private := s.Dir(env); dir != c.want || private != c.private {
			t.Errorf("%q, login in %q: got %s, %t", c.env, c.login, dir, private)
		}
	}
}

func TestFor(t *testing.T) {
	env := New([]string{"A=1", "B=", "PARLEY_TOKEN=t", "MARK=m", "A=2", "broken", "=x"})
	got := env.For(map[string]string{"A": "d", "B": "d", "C": "d"}, "MARK").List()
	if want := []string{"A=2", "B=d", "C=d"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if env["PARLEY_TOKEN"] != "t" {
		t.Error("the original was changed")
	}
}

func TestLookPath(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "tool"), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	if got, ok := New([]string{"PATH=/nowhere:" + dir}).LookPath("tool"); !ok || got != filepath.Join(dir, "tool") {
		t.Errorf("got %q, %t", got, ok)
	}
	if got, ok := New([]string{"PATH="}).LookPath("sh"); ok {
		t.Errorf("got %q", got)
	}
}

func TestHasField(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file.json")
	for content, want := range map[string]bool{
		`{"token":"x"}`: true, `{"token":null}`: false, `{"token":""}`: false, `{"other":1}`: false, `{`: false, `[]`: false,
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := HasField(path, "token"); got != want {
			t.Errorf("%s: got %t", content, got)
		}
	}
	if HasField(path+".missing", "token") {
		t.Error("a file that is not there has the field")
	}
}
