package client

import (
	"context"
	"net/http"

	"github.com/parleyhq/parley/openapi"
)

// GetHealth tells whether the server answers. It needs no token.
func (c *Client) GetHealth(ctx context.Context) (openapi.Health, error) {
	return call[openapi.Health](ctx, c, harmless(), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.GetHealth(ctx, e)
	})
}

// ListAgents lists the agents that the server knows, installed or not.
func (c *Client) ListAgents(ctx context.Context) (openapi.AgentListResponse, error) {
	return call[openapi.AgentListResponse](ctx, c, harmless(), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.ListAgents(ctx, e)
	})
}

// InstallAgent installs an agent's program and returns when it can be started, which may take minutes: give ctx the time.
func (c *Client) InstallAgent(ctx context.Context, agent string, req openapi.InstallAgentRequest) error {
	return c.do(ctx, harmless(agent), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.InstallAgent(ctx, agent, req, e)
	}, nil)
}

// ListAgentModes lists the values that a session's AgentMode may have with an agent.
func (c *Client) ListAgentModes(ctx context.Context, agent string) (openapi.AgentModesResponse, error) {
	return call[openapi.AgentModesResponse](ctx, c, harmless(agent), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.ListAgentModes(ctx, agent, e)
	})
}

// ListAgentModels lists the values that a session's Model and Variant may have with an agent. The agent may be started once
// to tell them.
func (c *Client) ListAgentModels(ctx context.Context, agent string) (openapi.AgentModelsResponse, error) {
	return call[openapi.AgentModelsResponse](ctx, c, harmless(agent), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.ListAgentModels(ctx, agent, e)
	})
}
