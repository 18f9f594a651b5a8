package server

import (
	"context"

	"github.com/parleyhq/parley/server/stub"
)

// ListAgentDefinitions implements the operation of this name.
func (s *Server) ListAgentDefinitions(ctx context.Context, _ stub.ListAgentDefinitionsRequestObject) (stub.ListAgentDefinitionsResponseObject, error) {
	list, err := s.cfg.Sessions.Definitions(ctx)
	return stub.ListAgentDefinitions200JSONResponse(list), err
}

// GetAgentDefinition implements the operation of this name.
func (s *Server) GetAgentDefinition(ctx context.Context, r stub.GetAgentDefinitionRequestObject) (stub.GetAgentDefinitionResponseObject, error) {
	d, err := s.cfg.Sessions.Definition(ctx, r.Agent)
	return stub.GetAgentDefinition200JSONResponse(d), err
}

// CreateAgentDefinition implements the operation of this name.
func (s *Server) CreateAgentDefinition(ctx context.Context, r stub.CreateAgentDefinitionRequestObject) (stub.CreateAgentDefinitionResponseObject, error) {
	id, err := s.cfg.Sessions.CreateDefinition(ctx, *r.Body)
	return stub.CreateAgentDefinition200JSONResponse{AgentID: id, Message: "Agent created"}, err
}

// UpdateAgentDefinition implements the operation of this name.
func (s *Server) UpdateAgentDefinition(ctx context.Context, r stub.UpdateAgentDefinitionRequestObject) (stub.UpdateAgentDefinitionResponseObject, error) {
	err := s.cfg.Sessions.UpdateDefinition(ctx, r.Agent, *r.Body)
	return stub.UpdateAgentDefinition200JSONResponse{AgentID: r.Agent, Message: "Agent updated"}, err
}

// ValidateAgentDefinition implements the operation of this name.
func (s *Server) ValidateAgentDefinition(ctx context.Context, r stub.ValidateAgentDefinitionRequestObject) (stub.ValidateAgentDefinitionResponseObject, error) {
	report, err := s.cfg.Sessions.ValidateDefinition(ctx, *r.Body)
	return stub.ValidateAgentDefinition200JSONResponse(report), err
}
