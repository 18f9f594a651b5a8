package session

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// Agents lists the agents, installed or not.
func (s *Service) Agents(ctx context.Context) []openapi.AgentInfo {
	known := s.cfg.Adapters
	if s.cfg.Library != nil {
		known = slices.Concat(known, s.cfg.Library.Adapters(ctx))
	}
	list := make([]openapi.AgentInfo, len(known))
	for i, a := range known {
		list[i] = a.Info(ctx).AgentInfo
	}
	return list
}

// Modes lists an agent's modes.
func (s *Service) Modes(ctx context.Context, agent string) ([]openapi.AgentMode, error) {
	a, err := s.adapter(agent)
	if err != nil {
		return nil, err
	}
	return a.Info(ctx).Modes, nil
}

// Models lists an agent's models. It may start the agent's program once.
func (s *Service) Models(ctx context.Context, agent string) (openapi.AgentModelsResponse, error) {
	a, err := s.adapter(agent)
	if err != nil {
		return openapi.AgentModelsResponse{}, err
	}
	lister, ok := a.(adapters.ModelLister)
	if !ok {
		return openapi.AgentModelsResponse{Models: []openapi.AgentModel{}}, nil
	}
	models, err := lister.Models(ctx)
	if err != nil {
		return models, agentFault(agent, err)
	}
	return models, nil
}

// Install installs an agent's program. It goes on when the caller leaves, until the service closes. For an agent that has no
// program there is nothing to do.
func (s *Service) Install(ctx context.Context, agent string, req openapi.InstallAgentRequest) error {
	a, err := s.adapter(agent)
	if err != nil {
		return err
	}
	installer, ok := a.(adapters.Installer)
	if !ok {
		return installed(a.Info(ctx), req)
	}
	r := adapters.InstallRequest{Version: req.Version, Again: req.Reinstall}
	r.Progress = func(line string) { s.log.Info("installing", "agent", agent, "says", line) }
	done := make(chan error, 1)
	if err := s.background(func() { done <- s.install(agent, installer, r) }); err != nil {
		return err
	}
	select {
	case err := <-done:
		if err != nil {
			return agentFault(agent, err)
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// install runs where nobody else would catch a panic.
func (s *Service) install(agent string, a adapters.Installer, r adapters.InstallRequest) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("adapter panicked: %v", p)
			s.log.Error("adapter panicked", "agent", agent, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	_, err = a.Install(s.stop, r)
	return err
}

// installed answers for an agent that cannot be installed by the server.
func installed(about adapters.Info, req openapi.InstallAgentRequest) error {
	switch {
	case !about.Installed:
		return &Error{Code: CodeInstallFailed, Detail: about.ID + " cannot be installed by this server", Agent: about.ID}
	case req.Version != "":
		return invalid("version: agent %s has no versions", about.ID)
	}
	return nil
}

func (s *Service) adapter(agent string) (adapters.Adapter, error) {
	if a := s.find(agent); a != nil {
		return a, nil
	}
	return nil, &Error{Code: CodeUnsupportedAgent, Detail: agent, Agent: agent}
}

// find finds an agent, of the server's own first; nil when there is none.
func (s *Service) find(agent string) adapters.Adapter {
	if a, ok := s.adapters[agent]; ok {
		return a
	}
	if s.cfg.Library != nil {
		if a, ok := s.cfg.Library.Adapter(context.Background(), agent); ok {
			return a
		}
	}
	return nil
}

// agentFault translates what an adapter answered outside a turn.
func agentFault(agent string, err error) error {
	var option *adapters.OptionError
	var install *adapters.InstallError
	var exit *adapters.ExitError
	e := &Error{Detail: err.Error(), Agent: agent, Cause: err}
	switch {
	case errors.As(err, &option):
		return invalid("%s", option.Error())
	case errors.As(err, &install):
		e.Code = CodeInstallFailed
		if install.Stderr != "" {
			e.Details = map[string]any{"stderr": install.Stderr}
		}
	case errors.As(err, &exit):
		e.Code, e.Details = CodeAgentProcessExited, exitDetails(exit)
	case errors.Is(err, adapters.ErrNotInstalled):
		e.Code = CodeAgentNotInstalled
		e.Detail = strings.TrimPrefix(e.Detail, adapters.ErrNotInstalled.Error()+": ")
	default:
		e.Code = CodeStreamError
	}
	return e
}
