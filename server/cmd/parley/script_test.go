package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

const scripts = "testdata/script"

// TestScripts runs the commands as people type them. Scripts have two commands of ours: `server` starts a real server, and `tty`
// types at a terminal.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                scripts,
		RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			home := filepath.Join(env.WorkDir, "home")
			env.Setenv("HOME", home)
			env.Setenv("XDG_DATA_HOME", filepath.Join(home, "data"))
			env.Setenv("TERM", "xterm")
			parley, err := exec.LookPath("parley")
			if err != nil {
				return err
			}
			env.Setenv("PARLEY", parley) // for scripts that hide the PATH
			return os.MkdirAll(home, 0o700)
		},
		Condition: func(name string) (bool, error) { return name == "default-free" && nobodyListens("127.0.0.1:2468"), nil },
		Cmds:      map[string]func(ts *testscript.TestScript, neg bool, args []string){"server": startServer, "tty": typeAtTerminal, "line": oneLine, "other-server": startOther},
	})
}

// nobodyListens tells whether the server that a person runs beside the tests is out of their way.
func nobodyListens(address string) bool {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return true
	}
	conn.Close()
	return false
}

// startServer starts `parley serve` with flags, on a free port and with the script's data directory. The commands that
// follow find it by PARLEY_SERVER.
func startServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("server cannot be negated")
	}
	cmd := exec.Command("parley", append([]string{"serve", "--port", "0", "--mock-delay", "0", "--data-dir", ts.MkAbs("data")}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "OPENAI_API_KEY="+ts.Getenv("OPENAI_API_KEY"), "ANTHROPIC_API_KEY=", "HOME="+ts.Getenv("HOME"), "PATH="+ts.Getenv("PATH"), "PARLEY_TOKEN="+ts.Getenv("PARLEY_TOKEN"), "XDG_DATA_HOME=")
	pipe, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	over := make(chan struct{})
	address := make(chan string, 1)
	go watchServer(pipe, address, over, cmd)
	ts.Defer(func() { _ = cmd.Process.Signal(syscall.SIGTERM); <-over })
	select {
	case url := <-address:
		ts.Setenv("PARLEY_SERVER", url)
	case <-over:
		ts.Fatalf("the server ended at its start")
	case <-time.After(patience):
		ts.Fatalf("the server does not listen")
	}
}

// startOther starts a server that knows no call of Parley's.
func startOther(ts *testscript.TestScript, _ bool, _ []string) {
	s := httptest.NewServer(http.NotFoundHandler())
	ts.Defer(s.Close)
	ts.Setenv("PARLEY_SERVER", s.URL)
}

// watchServer reads what a server says, and waits for its end.
func watchServer(pipe io.Reader, address chan<- string, over chan<- struct{}, cmd *exec.Cmd) {
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		if _, rest, ok := strings.Cut(lines.Text(), "listening on "); ok {
			url, _, _ := strings.Cut(rest, " ")
			address <- url
		}
	}
	_ = cmd.Wait()
	close(over)
}

// oneLine checks that standard error is one line of parley's that has all the texts.
func oneLine(ts *testscript.TestScript, neg bool, args []string) {
	said := ts.ReadFile("stderr")
	if neg || !strings.HasPrefix(said, "parley: ") || strings.Count(said, "\n") != 1 {
		ts.Fatalf("not one line of parley's: %q", said)
	}
	for _, text := range args {
		if !strings.Contains(said, text) {
			ts.Fatalf("no %q in %q", text, said)
		}
	}
}
