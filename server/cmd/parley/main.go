// Command parley is the server and its tools. This file puts the parts together; no other one knows them all. Every
// command has a file of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/adapters/all"
	"github.com/parleyhq/parley/server"
	"github.com/parleyhq/parley/server/cmd/parley/terminal"
	"github.com/parleyhq/parley/server/files"
	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/store/sqlite"
)

func main() { os.Exit(run(untilSignal(), os.Args[1:], os.Stdout, os.Stderr)) }

// untilSignal ends with the first signal to end. A second one ends the program at once; the next start cleans up.
func untilSignal() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(1)
	}()
	return ctx
}

// run carries out one command and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	return exitCode(root.ExecuteContext(ctx), stderr)
}

// exitCode says what went wrong, in one line; some errors have said it themselves.
func exitCode(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	if text := strings.ReplaceAll(err.Error(), "\n", "; "); text != "" {
		fmt.Fprintf(stderr, "parley: %s\n", text)
	}
	if exit, ok := errors.AsType[*terminal.Exit](err); ok {
		return exit.Code
	}
	return 1
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:               "parley",
		Short:             "Sessions with AI agents over one API and one log",
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return fromEnvironment(cmd.Flags(), os.LookupEnv) },
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; `%s --help` lists what there is", err, cmd.CommandPath())
	})
	root.AddCommand(newServe(), newCheck(), newOpenAPI(), newVersion())
	root.AddCommand(terminal.Commands(&machine{})...)
	strict(root)
	return root
}

// parts are a running server's, in the order in which they need each other.
type parts struct {
	store    *sqlite.Store
	sessions *session.Service
	files    *files.Files
	server   *server.Server
}

// assemble makes the parts of a server that listens at an address. What it has made when one fails is taken down again.
func assemble(ctx context.Context, s settings, address net.Addr, log *slog.Logger) (*parts, error) {
	if err := os.MkdirAll(s.dataDir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w; choose another one with --data-dir", err)
	}
	known, err := s.agents(log)
	if err != nil {
		return nil, err
	}
	var p parts
	if p.store, err = sqlite.Open(ctx, dataFile(s.dataDir), sqlite.Options{Logger: log}); err != nil {
		return nil, err
	}
	if err := removeAddress(s.dataDir); err != nil {
		return nil, errors.Join(err, p.store.Close())
	}
	library, err := s.library(log)
	if err != nil {
		err = fmt.Errorf("declared agents: %w; choose another directory with --agents-dir", err)
		return nil, errors.Join(err, p.store.Close())
	}
	p.sessions, err = session.New(session.Config{
		Store:     p.store,
		Adapters:  known,
		Library:   library,
		Expiry:    s.sessionExpiry,
		Log:       log,
		Sessions:  s.maxSessions,
		Followers: s.maxFollowers,
		Agents:    s.maxAgents,
		Queue:     s.maxQueue,
		Idle:      s.agentIdle,
		ToolsURL:  localURL(address) + "/mcp",
	})
	if err != nil {
		return nil, errors.Join(err, p.store.Close())
	}
	if p.files, err = files.New(files.Config{Root: s.fsRoot}); err != nil {
		return nil, errors.Join(fmt.Errorf("%w; choose another directory with --fs-root", err), p.store.Close())
	}
	p.server, err = server.New(server.Config{
		Sessions:    p.sessions,
		Files:       p.files,
		FileLimit:   s.fsLimit,
		Token:       s.token,
		CORSOrigins: s.corsOrigins,
		Log:         log,
		Version:     version(),
		BodyLimit:   s.maxBody,
		ReadTimeout: s.readTimeout,
	})
	if err != nil {
		return nil, errors.Join(err, p.files.Close(), p.store.Close())
	}
	return &p, nil
}

// takeUp cleans up after a server that was killed, and goes on with what it left unfinished.
func (p *parts) takeUp(ctx context.Context, log *slog.Logger) {
	ended, err := all.Sweep(ctx, agentGrace)
	if err != nil {
		log.Warn("agents of a former server could not be ended", "error", err)
	}
	if ended > 0 {
		log.Info("ended agents of a former server", "processes", ended)
	}
	if err := p.sessions.Start(ctx); err != nil && ctx.Err() == nil {
		log.Error("unfinished sessions cannot be taken up", "error", err)
	}
}

// How long agents, and then the whole server, may take to end.
const (
	agentGrace = 5 * time.Second
	closeGrace = 20 * time.Second
)

// close ends agents and turns first: what they say last is still written.
func (p *parts) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeGrace)
	defer cancel()
	return errors.Join(p.sessions.Close(ctx), p.files.Close(), p.store.Close())
}

func dataFile(dir string) string { return filepath.Join(dir, "parley.db") }
