package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/parleyhq/parley/client"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "claude" {
		os.Exit(standIn())
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "parley-e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary = filepath.Join(dir, "parley")
	build := exec.Command("go", "build", "-o", binary, "..")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "parley cannot be built:", err)
		return 1
	}
	return m.Run()
}

// server is a parley process. It may be killed and started again on the same data and the same port.
type server struct {
	t    testing.TB
	data string
	port string
	args []string
	env  []string
	url  string
	cmd  *exec.Cmd
	over chan struct{} // closed when the process has ended
	out  *tail
}

// newServer prepares a server with a data directory and a port of its own.
func newServer(t testing.TB, args ...string) *server {
	t.Helper()
	s := &server{t: t, data: t.TempDir(), port: freePort(t), args: args, env: os.Environ()}
	s.url = "http://127.0.0.1:" + s.port
	t.Cleanup(func() {
		if s.cmd != nil {
			s.kill()
		}
	})
	return s
}

// freePort finds a port that the server can keep over restarts.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// start starts the process and returns when it says that it listens.
func (s *server) start() {
	s.t.Helper()
	args := append([]string{"serve", "--port", s.port, "--data-dir", s.data}, s.args...)
	s.cmd = exec.Command(binary, args...)
	s.cmd.Env = s.env
	pipe, err := s.cmd.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	s.out = &tail{}
	s.over = make(chan struct{})
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	listening := make(chan struct{})
	go s.watch(pipe, listening, s.over)
	select {
	case <-listening:
	case <-s.over:
		s.t.Fatalf("the server ended at its start:\n%s", s.out)
	case <-time.After(30 * time.Second):
		s.t.Fatalf("the server does not listen:\n%s", s.out)
	}
}

// watch reads what the process prints until it ends.
func (s *server) watch(pipe io.Reader, listening, over chan struct{}) {
	defer close(over)
	lines := bufio.NewScanner(pipe)
	lines.Buffer(nil, 1<<20)
	told := sync.OnceFunc(func() { close(listening) })
	for lines.Scan() {
		s.out.add(lines.Text())
		if strings.Contains(lines.Text(), "listening on") {
			told()
		}
	}
	_ = s.cmd.Wait()
}

// kill ends the process as a crash does.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	<-s.over
	s.cmd = nil
}

// stop ends the process as an operator does, and expects it to leave cleanly.
func (s *server) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	select {
	case <-s.over:
	case <-time.After(time.Minute):
		s.t.Fatalf("the server does not end:\n%s", s.out)
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		s.t.Errorf("the server ended with %d:\n%s", code, s.out)
	}
	s.cmd = nil
}

// client talks to the server, whichever process it is by then.
func (s *server) client(opts ...client.Option) *client.Client {
	s.t.Helper()
	c, err := client.New(s.url, opts...)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// parley runs a command of the binary.
func parley(t testing.TB, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("parley %s: %v\n%s", strings.Join(args, " "), err, &out)
	}
	return out.String()
}

// tail keeps the last lines that a process printed.
type tail struct {
	mu    sync.Mutex
	lines []string
}

func (o *tail) add(line string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lines = append(o.lines, line)
	if len(o.lines) > 50 {
		o.lines = o.lines[1:]
	}
}

func (o *tail) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(o.lines, "\n")
}
