package client

import (
	"context"
	"net/http"

	"github.com/parleyhq/parley/openapi"
)

// ListAgentDefinitions lists the agents of the agent-sessions family.
func (c *Client) ListAgentDefinitions(ctx context.Context) (openapi.AgentDefinitionList, error) {
	return call[openapi.AgentDefinitionList](ctx, c, harmless(), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.ListAgentDefinitions(ctx, e)
	})
}

// GetAgentDefinition returns the files of a declared agent.
func (c *Client) GetAgentDefinition(ctx context.Context, agent string) (openapi.AgentDefinition, error) {
	return call[openapi.AgentDefinition](ctx, c, harmless(agent), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.GetAgentDefinition(ctx, agent, nil, e)
	})
}

// CreateAgentDefinition declares an agent. A definition with faults is refused, and the problem's details list them.
func (c *Client) CreateAgentDefinition(ctx context.Context, req openapi.AgentDefinitionRequest) (openapi.AgentDefinitionSaved, error) {
	return call[openapi.AgentDefinitionSaved](ctx, c, op{}, func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.CreateAgentDefinition(ctx, req, e)
	})
}

// UpdateAgentDefinition changes a declared agent. It counts from the next turn of its sessions on.
func (c *Client) UpdateAgentDefinition(ctx context.Context, agent string, req openapi.AgentDefinitionUpdate) (openapi.AgentDefinitionSaved, error) {
	return call[openapi.AgentDefinitionSaved](ctx, c, harmless(agent), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.UpdateAgentDefinition(ctx, agent, nil, req, e)
	})
}

// ValidateAgentDefinition says what is wrong with a definition, and keeps nothing.
func (c *Client) ValidateAgentDefinition(ctx context.Context, req openapi.AgentDefinitionRequest) (openapi.AgentDefinitionReport, error) {
	return call[openapi.AgentDefinitionReport](ctx, c, harmless(), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.ValidateAgentDefinition(ctx, req, e)
	})
}
