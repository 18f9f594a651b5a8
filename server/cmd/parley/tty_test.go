package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"
)

// typeAtTerminal runs `tty CODE FILE COMMAND ARGS...`: a command on a pseudo-terminal that must end with an exit code. The file
// says, line by line, what is expected on the screen and what is typed then:
//
//	expect TEXT    waits until the text comes, after the text that was expected last; colours do not count
//	never TEXT     the text has not come so far
//	type "TEXT"    types, with Go's escapes
//	run COMMAND    runs a parley command elsewhere
//	end            sends SIGTERM
//
// What was on the screen is the script's stdout, with its colours.
func typeAtTerminal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: tty CODE FILE COMMAND ARGS...")
	}
	cmd := exec.Command(args[2], args[3:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = environment(ts)
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 100})
	ts.Check(err)
	s := &screen{ts: ts, file: terminal, more: make(chan string), process: cmd.Process}
	go s.read()
	defer func() {
		_ = cmd.Process.Kill()
		_ = terminal.Close()
		fmt.Fprint(ts.Stdout(), s.text)
	}()
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		s.follow(strings.TrimSpace(line))
	}
	s.end(cmd, args[0])
}

// environment is the script's, for programs that it does not start itself.
func environment(ts *testscript.TestScript) []string {
	env := []string{"BE_PARLEY="}
	for _, name := range []string{"PATH", "HOME", "XDG_DATA_HOME", "PARLEY_SERVER", "PARLEY_TOKEN", "NO_COLOR", "TERM", "TMPDIR"} {
		env = append(env, name+"="+ts.Getenv(name))
	}
	return env
}

// screen is what a program has written to its terminal.
type screen struct {
	ts      *testscript.TestScript
	file    *os.File
	process *os.Process
	more    chan string // closed when the program has closed its terminal
	text    string
	seen    int // up to where expectations were met, in the text without colours
}

func (s *screen) read() {
	defer close(s.more)
	in := bufio.NewReader(s.file)
	for {
		b := make([]byte, 4096)
		n, err := in.Read(b)
		if n > 0 {
			s.more <- string(b[:n])
		}
		if err != nil {
			return
		}
	}
}

func (s *screen) follow(line string) {
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "", "#":
	case "expect":
		s.expect(rest)
	case "never":
		if strings.Contains(s.plain(), rest) {
			s.fail("%q came", rest)
		}
	case "type":
		text, err := strconv.Unquote(rest)
		s.ts.Check(err)
		_, err = s.file.WriteString(text)
		s.ts.Check(err)
	case "run":
		cmd := exec.Command("parley", strings.Fields(rest)...)
		cmd.Env = environment(s.ts)
		if out, err := cmd.CombinedOutput(); err != nil {
			s.fail("%s: %v: %s", rest, err, out)
		}
	case "end":
		s.ts.Check(s.process.Signal(syscall.SIGTERM))
	default:
		s.ts.Fatalf("what is %q?", line)
	}
}

var colours = regexp.MustCompile(`\x1b\[[0-9;]*[A-Za-z]`)

// plain is the screen without colours and carriage returns.
func (s *screen) plain() string {
	return strings.ReplaceAll(colours.ReplaceAllString(s.text, ""), "\r", "")
}

// expect waits for a text.
func (s *screen) expect(text string) {
	timeout := time.After(patience)
	for {
		plain := s.plain()
		if i := strings.Index(plain[min(s.seen, len(plain)):], text); i >= 0 {
			s.seen += i + len(text)
			return
		}
		select {
		case more, ok := <-s.more:
			if !ok {
				s.fail("the program ended, and %q did not come", text)
			}
			s.text += more
		case <-timeout:
			s.fail("%q did not come", text)
		}
	}
}

func (s *screen) fail(format string, args ...any) {
	s.ts.Fatalf("%s; on the screen was:\n%s", fmt.Sprintf(format, args...), s.plain())
}

// end waits for the program's end.
func (s *screen) end(cmd *exec.Cmd, code string) {
	timeout := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer timeout.Stop()
	for more := range s.more {
		s.text += more
	}
	_ = cmd.Wait()
	if got := strconv.Itoa(cmd.ProcessState.ExitCode()); got != code {
		s.fail("exit code %s, want %s", got, code)
	}
}
