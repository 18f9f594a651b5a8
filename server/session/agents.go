package session

import (
	"context"
	"errors"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// Agents lists the agents, installed or not.
func (s *Service) Agents(ctx context.Context) []openapi.AgentInfo {
	list := make([]openapi.AgentInfo, len(s.cfg.Adapters))
	for i, a := range s.cfg.Adapters {
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

func (s *Service) adapter(agent string) (adapters.Adapter, error) {
	if a, ok := s.adapters[agent]; ok {
		return a, nil
	}
	return nil, &Error{Code: CodeUnsupportedAgent, Detail: agent, Agent: agent}
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
