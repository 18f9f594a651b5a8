package server

import (
	"context"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/stub"
)

// GetHealth implements the operation of this name.
func (s *Server) GetHealth(context.Context, stub.GetHealthRequestObject) (stub.GetHealthResponseObject, error) {
	return stub.GetHealth200JSONResponse{Status: openapi.HealthStatusOk}, nil
}

// ListAgents implements the operation of this name.
func (s *Server) ListAgents(ctx context.Context, _ stub.ListAgentsRequestObject) (stub.ListAgentsResponseObject, error) {
	return stub.ListAgents200JSONResponse{Agents: s.cfg.Sessions.Agents(ctx)}, nil
}

// InstallAgent implements the operation of this name.
func (s *Server) InstallAgent(ctx context.Context, r stub.InstallAgentRequestObject) (stub.InstallAgentResponseObject, error) {
	return stub.InstallAgent204Response{}, s.cfg.Sessions.Install(ctx, r.Agent, *r.Body)
}

// ListAgentModes implements the operation of this name.
func (s *Server) ListAgentModes(ctx context.Context, r stub.ListAgentModesRequestObject) (stub.ListAgentModesResponseObject, error) {
	modes, err := s.cfg.Sessions.Modes(ctx, r.Agent)
	return stub.ListAgentModes200JSONResponse{Modes: modes}, err
}

// ListAgentModels implements the operation of this name.
func (s *Server) ListAgentModels(ctx context.Context, r stub.ListAgentModelsRequestObject) (stub.ListAgentModelsResponseObject, error) {
	models, err := s.cfg.Sessions.Models(ctx, r.Agent)
	return stub.ListAgentModels200JSONResponse(models), err
}
