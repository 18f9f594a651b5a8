package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"sync"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/server"
)

func newServe() *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use:     "serve",
		Short:   "Run the server",
		Example: "  parley serve\n  PARLEY_TOKEN=secret parley serve --host 0.0.0.0",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return serve(cmd.Context(), s, cmd.ErrOrStderr()) },
	}
	s.add(cmd.Flags())
	return cmd
}

// serve runs until ctx ends. It listens first and opens the data then, so that of two mistakes the harmless one is told.
func serve(ctx context.Context, s settings, stderr io.Writer) (err error) {
	if err := s.check(); err != nil {
		return err
	}
	log, err := newLog(s, stderr)
	if err != nil {
		return err
	}
	listener, err := listen(ctx, s)
	if err != nil {
		return err
	}
	p, err := assemble(ctx, s, listener.Addr(), log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, p.close()) }()
	if err := writeAddress(s.dataDir, listener.Addr()); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, removeAddress(s.dataDir)) }()
	announce(s, listener.Addr(), log, stderr)
	var background sync.WaitGroup
	defer background.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	background.Go(func() { p.takeUp(ctx, log) })
	return p.server.Serve(ctx, listener)
}

func newLog(s settings, w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.logLevel)); err != nil {
		return nil, fmt.Errorf("--log-level %q is none of debug, info, warn and error", s.logLevel)
	}
	o := &slog.HandlerOptions{Level: level}
	switch s.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(w, o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, o)), nil
	}
	return nil, fmt.Errorf("--log-format %q is neither text nor json", s.logFormat)
}

func listen(ctx context.Context, s settings) (net.Listener, error) {
	address := net.JoinHostPort(s.host, strconv.Itoa(int(s.port)))
	if err := server.CheckAddress(address, s.token); err != nil {
		return nil, fmt.Errorf("%s: %w; set one with --token or PARLEY_TOKEN, or listen on 127.0.0.1", address, err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%w; choose another address with --host and --port", err)
	}
	return listener, nil
}

// announce says where the server is: for a person in one plain line, for a program as a record of its log.
func announce(s settings, address net.Addr, log *slog.Logger, stderr io.Writer) {
	if s.logFormat == "json" {
		log.Info("listening", "url", "http://"+address.String(), "token", s.token != "", "data", s.dataDir)
		return
	}
	token := "no token needed (loopback only)"
	if s.token != "" {
		token = "token needed"
	}
	fmt.Fprintf(stderr, "parley listening on http://%s · %s · data in %s\n", address, token, s.dataDir)
}
