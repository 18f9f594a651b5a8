package examples_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/parleyhq/parley/server/webtest"
)

// The clients of other languages are generated, type-checked and run as the examples' READMEs say.

func TestTypeScript(t *testing.T) {
	t.Parallel()
	follow(t, webtest.Packages(t, "typescript"), "node main.js")
}

func TestPython(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"README.md", "main.py", "openapi-python-client.yaml"} {
		content, err := os.ReadFile(filepath.Join("python", name))
		if err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), content, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	bin := filepath.Join(webtest.Python(t, "python/requirements.txt"), "bin")
	follow(t, dir, "python main.py", "PATH="+bin+":"+os.Getenv("PATH"))
}

// follow takes the README's last step, which ends with the program, and then has the program ask its other questions.
func follow(t *testing.T, dir, program string, env ...string) {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	steps := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	env = append(os.Environ(), append(env, "PARLEY_SERVER="+serve(t), "PARLEY_TOKEN="+token)...)
	for _, run := range []struct{ script, stdin, want string }{
		{steps[len(steps)-1][1], "y\nn\n",
			`(?s)\ncommand_execution .*Allow\? .*: command_execution: accept\nfile_change: reject\n.*\nThe turn is completed\.\n$`},
		{program + " mock question", "Blue\nYes\n",
			`(?s)^\nChoose a color \(Red, Blue\)\nYour answer: .*\(Yes, No\)\nYour answer: .*\nThe turn is completed\.\n$`},
		{program + " mock 'Good morning!'", "", `^Good morning!\nThe turn is completed\.\n$`},
	} {
		sh := webtest.Command(t, dir, "sh", "-ec", run.script)
		sh.Env, sh.Stdin = env, strings.NewReader(run.stdin)
		out, err := sh.CombinedOutput()
		if err != nil || !regexp.MustCompile(run.want).Match(out) || strings.Contains(string(out), "WARNING") {
			t.Fatalf("%s: %v\n%s\nwant %s", run.script, err, out, run.want)
		}
	}
}
