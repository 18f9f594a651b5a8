package proc

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// The test binary plays the child processes too: PROC_TEST_ROLE names the role, the arguments are the role's.
const roleVariable = "PROC_TEST_ROLE"

// A program built with -race sleeps for a second before it exits, but for this.
const atOnce = "GORACE=atexit_sleep_ms=0"

var roles = map[string]func(args []string){
	"echo":   echo,
	"flood":  flood,
	"long":   long,
	"deaf":   deaf,
	"server": server,
}

// markNameVariable hands this run's own name of the mark to the children.
const markNameVariable = "PROC_TEST_MARK_NAME"

func TestMain(m *testing.M) {
	if markName = os.Getenv(markNameVariable); markName == "" {
		markName = fmt.Sprint("PROC_TEST_", os.Getpid())
		_ = os.Setenv(markNameVariable, markName)
	}
	if role, ok := roles[os.Getenv(roleVariable)]; ok {
		role(os.Args[1:])
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// as is the Spec of this binary in a role.
func as(role string, args ...string) Spec {
	return Spec{Path: os.Args[0], Args: args, Env: append(os.Environ(), roleVariable+"="+role, atOnce)}
}

func shell(script string) Spec {
	return Spec{Path: "/bin/sh", Args: []string{"-c", script}}
}

// echo answers every line with itself until its input ends.
func echo([]string) {
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadString('\n')
		fmt.Print(line)
		if err != nil {
			return
		}
	}
}

// flood prints lines as fast as it can.
func flood(args []string) {
	var n int
	_, _ = fmt.Sscan(args[0], &n)
	out := bufio.NewWriter(os.Stdout)
	for i := range n {
		fmt.Fprintf(out, `{"type":"stream_event","n":%d,"text":"%s"}`+"\n", i, strings.Repeat("x", 400))
	}
	_ = out.Flush()
}

// long prints one object of the given number of bytes, then a short one.
func long(args []string) {
	var n int
	_, _ = fmt.Sscan(args[0], &n)
	frame := `{"text":""}`
	fmt.Printf("%s%s%s\n", frame[:9], strings.Repeat("y", n-len(frame)), frame[9:])
	fmt.Println(`{"after":true}`)
}

// deaf reads nothing, does not listen to SIGTERM and never ends.
func deaf([]string) {
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGTERM)
	fmt.Println(`{"ready":true}`)
	<-make(chan struct{})
}

// server starts an agent that runs the given shell script, passes its output on, and stops it when its input ends.
func server(args []string) {
	p, err := Start(context.Background(), shell(args[0]))
	if err != nil {
		panic(err)
	}
	fmt.Printf("{\"pid\":%d}\n", p.PID())
	go func() {
		for {
			line, err := p.ReadLine()
			if err != nil {
				return
			}
			fmt.Println(string(line))
		}
	}()
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	if err := p.Stop(context.Background(), time.Second); err != nil {
		panic(err)
	}
}

func start(t *testing.T, spec Spec) *Process {
	t.Helper()
	p, err := Start(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(context.Background(), 0); err != nil {
			t.Error(err)
		}
		for {
			if _, err := p.ReadLine(); err != nil && !isLineError(err) {
				return
			}
		}
	})
	return p
}

// readPID reads a line {"pid":N}.
func readPID(t *testing.T, next func() ([]byte, error)) int {
	t.Helper()
	line, err := next()
	if err != nil {
		t.Fatal(err)
	}
	var said struct{ PID int }
	if err := json.Unmarshal(line, &said); err != nil || said.PID == 0 {
		t.Fatalf("no pid in %q: %v", line, err)
	}
	return said.PID
}

func readAll(t *testing.T, p *Process) (lines []string, bad []*LineError) {
	t.Helper()
	for {
		line, err := p.ReadLine()
		if e, ok := asLineError(err); ok {
			bad = append(bad, e)
			continue
		}
		if err != nil {
			return lines, bad
		}
		lines = append(lines, string(line))
	}
}

func wait(t *testing.T, p *Process) Exit {
	t.Helper()
	exit, err := p.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return exit
}

// fakeServer is a server in a process of its own, so that it can be killed.
type fakeServer struct {
	cmd   *exec.Cmd
	stdin interface{ Close() error }
	out   *lines
}

func startServer(t *testing.T, script string) *fakeServer {
	t.Helper()
	spec := as("server", script)
	cmd := exec.Command(spec.Path, spec.Args...)
	cmd.Env, cmd.Stderr = spec.Env, os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &fakeServer{cmd: cmd, stdin: stdin, out: newLines(stdout, false)}
}

func (s *fakeServer) kill(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.cmd.Wait() // says that it was killed
}

func (s *fakeServer) shutDown(t *testing.T) {
	t.Helper()
	_ = s.stdin.Close()
	if err := s.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}
