package opencode

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/proc"
	"github.com/parleyhq/parley/adapters/internal/program"
)

// maxPorts bounds how many ports are tried: one may be taken between the look and the start.
const maxPorts = 3

// errPortTaken says that another program was faster.
var errPortTaken = errors.New("the port is taken")

// startServer starts a server and blocks until it listens. It is stopped when ctx ends before.
func (a *Adapter) startServer(ctx context.Context, l launch) (*server, error) {
	if _, err := os.Stat(l.program); err != nil {
		return nil, fmt.Errorf("%w: %s", adapters.ErrNotInstalled, l.program)
	}
	if err := a.prepareHome(); err != nil {
		return nil, fmt.Errorf("OpenCode's directory: %w", err)
	}
	for attempt := 1; ; attempt++ {
		s, err := a.tryServer(ctx, l)
		if !errors.Is(err, errPortTaken) || attempt == maxPorts {
			return s, err
		}
		a.config.Log.Info("port taken, another one is tried", "error", err)
	}
}

func (a *Adapter) tryServer(ctx context.Context, l launch) (*server, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	password := rand.Text()
	process, err := proc.Start(ctx, proc.Spec{
		Path: l.program, Dir: a.home(), Env: a.forServer(l, password), Text: true,
		// What goes wrong is on stderr then, and with it in the error of a turn.
		Args: []string{"serve", "--hostname", "127.0.0.1", "--port", strconv.Itoa(port), "--print-logs", "--log-level", "ERROR"},
	})
	if err != nil {
		return nil, err
	}
	base, err := a.listening(ctx, process)
	if err != nil {
		return nil, err
	}
	s := &server{
		client: newClient(base, password), process: process, grace: a.config.StopGrace,
		started: time.Now(), drained: make(chan struct{}), feeds: map[string]*sharedFeed{},
	}
	go s.drain()
	a.config.Log.Debug("opencode started", "pid", process.PID(), "url", base)
	return s, nil
}

// freePort is a port that nobody listens on now. Port 0 means 4096 to the program.
func freePort(ctx context.Context) (int, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

var listeningOn = regexp.MustCompile(`listening on (http://127\.0\.0\.1:\d+)`)

// listening reads the program's output until it says where it listens. A program that does not is stopped.
func (a *Adapter) listening(ctx context.Context, process *proc.Process) (base string, err error) {
	ctx, cancel := context.WithTimeout(ctx, a.config.StartTimeout)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = process.Stop(ctx, 0) }) // ends the reading
	defer stop()
	for {
		line, err := process.ReadLine()
		if bad := (*proc.LineError)(nil); errors.As(err, &bad) {
			continue
		}
		if err != nil {
			return "", a.startError(ctx, process)
		}
		if m := listeningOn.FindSubmatch(line); m != nil && stop() {
			return string(m[1]), nil
		}
	}
}

// startError stops a program that did not start, and says why it did not.
func (a *Adapter) startError(ctx context.Context, process *proc.Process) error {
	if err := process.Stop(context.WithoutCancel(ctx), a.config.StopGrace); err != nil {
		a.config.Log.Error("process not stopped", "error", err)
	}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		e := program.Exit(process, "OpenCode did not listen within "+a.config.StartTimeout.String())
		e.ExitCode, e.Signal = nil, "" // it was ended here
		return e
	case ctx.Err() != nil:
		return ctx.Err()
	}
	e := program.Exit(process, "OpenCode did not start")
	if said := e.Stderr.Head + e.Stderr.Tail; strings.Contains(said, "ServeError") || strings.Contains(said, "EADDRINUSE") {
		return errors.Join(errPortTaken, e)
	}
	return e
}
