package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"

	"github.com/spf13/pflag"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/cmd/parley/terminal"
)

// machine does on this computer what the terminal's commands need no server for. It implements terminal.Machine.
type machine struct{ agentSettings }

// Flags implements terminal.Machine.
func (m *machine) Flags(f *pflag.FlagSet) {
	own := pflag.NewFlagSet("", pflag.ContinueOnError)
	m.add(own)
	nameVariables(own)
	f.AddFlagSet(own)
}

// Serve implements terminal.Machine: a server on loopback, with all settings but those flags from the environment, and with a
// token of its own that nobody else on the computer knows. Where `parley serve` has the data already it is that server.
func (m *machine) Serve(ctx context.Context) (*terminal.Server, error) {
	s, err := m.settings()
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	listener, err := listen(ctx, s)
	if err != nil {
		return nil, err
	}
	p, err := assemble(ctx, s, listener.Addr(), log)
	if err != nil {
		running, err := holder(s.dataDir, err)
		return running, errors.Join(err, listener.Close())
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	var served error
	running.Go(func() { p.takeUp(ctx, log) })
	running.Go(func() { served = p.server.Serve(ctx, listener) })
	end := func() error {
		cancel()
		running.Wait()
		return errors.Join(served, p.close())
	}
	return &terminal.Server{URL: "http://" + listener.Addr().String(), Token: s.token, Close: end}, nil
}

// settings are those of a server that nobody else is to use.
func (m *machine) settings() (settings, error) {
	var s settings
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	s.add(f)
	if err := fromEnvironment(f, os.LookupEnv); err != nil {
		return s, err
	}
	s.dataDir, s.acp, s.acpConfig = m.dataDir, m.acp, m.acpConfig
	s.host, s.port, s.token, s.corsOrigins = "127.0.0.1", 0, rand.Text(), nil
	return s, s.check()
}

// ListAgents implements terminal.Machine.
func (m *machine) ListAgents(ctx context.Context) ([]openapi.AgentInfo, error) {
	known, err := m.known()
	if err != nil {
		return nil, err
	}
	list := make([]openapi.AgentInfo, len(known))
	for i, a := range known {
		list[i] = a.Info(ctx).AgentInfo
	}
	return list, nil
}

func (m *machine) known() ([]adapters.Adapter, error) { return m.agents(slog.New(slog.DiscardHandler)) }

// InstallAgent implements terminal.Machine.
func (m *machine) InstallAgent(ctx context.Context, agent string, req openapi.InstallAgentRequest, progress func(string)) (openapi.AgentInfo, error) {
	known, err := m.known()
	if err != nil {
		return openapi.AgentInfo{}, err
	}
	adapter, err := find(ctx, known, agent)
	if err != nil {
		return openapi.AgentInfo{}, err
	}
	installer, ok := adapter.(adapters.Installer)
	if !ok {
		return openapi.AgentInfo{}, fmt.Errorf("agent %s cannot be installed by parley", agent)
	}
	info, err := installer.Install(ctx, adapters.InstallRequest{Version: req.Version, Again: req.Reinstall, Progress: progress})
	if failed, ok := errors.AsType[*adapters.InstallError](err); ok && failed.Stderr != "" {
		progress(strings.TrimRight(failed.Stderr, "\n"))
	}
	if err != nil {
		return openapi.AgentInfo{}, fmt.Errorf("agent %s was not installed: %w", agent, err)
	}
	return info, nil
}

func find(ctx context.Context, known []adapters.Adapter, id string) (adapters.Adapter, error) {
	var ids []string
	for _, a := range known {
		info := a.Info(ctx)
		if info.ID == id {
			return a, nil
		}
		ids = append(ids, info.ID)
	}
	return nil, fmt.Errorf("there is no agent %q; the agents are %s", id, strings.Join(ids, ", "))
}
