package session

import (
	"context"
	"errors"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// noProject is the project of every agent: there is but one.
const noProject = "parley"

// Definitions lists the agents of the agent-sessions family: those that are declared, and those of the server's own.
func (s *Service) Definitions(ctx context.Context) (openapi.AgentDefinitionList, error) {
	list := openapi.AgentDefinitionList{Agents: []openapi.AgentDefinitionSummary{}}
	for _, a := range s.cfg.Adapters {
		id := a.Info(ctx).ID
		list.Agents = append(list.Agents, openapi.AgentDefinitionSummary{
			ID: id, Slug: id, Name: id, Format: interactive, ProjectID: noProject, CreatedAt: s.started, UpdatedAt: s.started,
		})
	}
	if s.cfg.Library == nil {
		return list, nil
	}
	declared, err := s.cfg.Library.Definitions(ctx)
	list.Agents = append(list.Agents, declared...)
	return list, err
}

// interactive is the one format of agents that there is.
const interactive = "interactive"

// Definition gives the declaration of an agent. That of an agent of the server's own is empty.
func (s *Service) Definition(ctx context.Context, id string) (openapi.AgentDefinition, error) {
	if s.adapters[id] != nil {
		return openapi.AgentDefinition{
			ID: id, Settings: openapi.AgentSettings{Slug: id, Name: id, Format: interactive}, Prompts: []openapi.AgentPrompt{},
		}, nil
	}
	if s.cfg.Library == nil {
		return openapi.AgentDefinition{}, noDefinition(id)
	}
	d, err := s.cfg.Library.Definition(ctx, id)
	return d, definitionFault(id, err)
}

// CreateDefinition declares an agent, and returns its id.
func (s *Service) CreateDefinition(ctx context.Context, r openapi.AgentDefinitionRequest) (string, error) {
	if s.adapters[r.Settings.Slug] != nil {
		return "", definitionFault(r.Settings.Slug, adapters.ErrDefinitionExists)
	}
	if s.cfg.Library == nil {
		return "", errNoLibrary
	}
	id, err := s.cfg.Library.Create(ctx, r)
	return id, definitionFault(r.Settings.Slug, err)
}

// UpdateDefinition changes the declaration of an agent.
func (s *Service) UpdateDefinition(ctx context.Context, id string, r openapi.AgentDefinitionUpdate) error {
	if s.cfg.Library == nil || s.adapters[id] != nil {
		return noDefinition(id)
	}
	return definitionFault(id, s.cfg.Library.Update(ctx, id, r))
}

// ValidateDefinition says what is wrong with a declaration.
func (s *Service) ValidateDefinition(ctx context.Context, r openapi.AgentDefinitionRequest) (openapi.AgentDefinitionReport, error) {
	if s.cfg.Library == nil {
		return openapi.AgentDefinitionReport{}, errNoLibrary
	}
	return s.cfg.Library.Validate(ctx, r), nil
}

var errNoLibrary = invalid("this server keeps no declared agents; start it with --agents-dir")

func noDefinition(id string) error { return &Error{Code: CodeAgentNotFound, Detail: id, Agent: id} }

func definitionFault(id string, err error) error {
	var bad *adapters.DefinitionError
	switch {
	case errors.Is(err, adapters.ErrNoDefinition):
		return noDefinition(id)
	case errors.Is(err, adapters.ErrDefinitionExists):
		return &Error{Code: CodeAgentExists, Detail: id, Agent: id}
	case errors.As(err, &bad):
		e := invalid("%s", bad.Error())
		e.Details = map[string]any{"errors": bad.Report.Errors, "warnings": bad.Report.Warnings}
		return e
	}
	return err
}

// stamp is a time as the agent-sessions family writes it.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
