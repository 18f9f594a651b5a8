package session

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"
	"regexp"
	"sync"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/toolschema"
)

// toolServer is the name under which agents know the server that offers the tools of the client.
const toolServer = "parley"

// toolPatience is how long an agent may work at one call, as it is told: a person may be at the other end.
const toolPatience = 24 * time.Hour

// toolName is what every agent takes as the name of a tool.
var toolName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,47}$`)

// checkClientTools refuses tools that no agent could be offered.
func (s *Service) checkClientTools(req openapi.CreateSessionRequest) error {
	if len(req.ClientTools) == 0 {
		return nil
	}
	if s.cfg.ToolsURL == "" {
		return invalid("clientTools: not supported by this server")
	}
	if _, taken := req.MCP[toolServer]; taken {
		return invalid("mcp: a session with clientTools has a server %s of its own; choose another name", toolServer)
	}
	seen := map[string]bool{}
	for _, t := range req.ClientTools {
		switch {
		case !toolName.MatchString(t.Name):
			return invalid("clientTools: the name %q must be a letter and up to 47 letters, digits, _ or -", t.Name)
		case seen[t.Name]:
			return invalid("clientTools: there are two of the name %s", t.Name)
		}
		seen[t.Name] = true
		if _, err := toolschema.Parse(t.InputSchema); err != nil {
			return invalid("clientTools: inputSchema of %s: %s", t.Name, err)
		}
	}
	return nil
}

// withTools adds the server that offers the tools of the client to an agent's own; key is the secret for it.
func (s *Service) withTools(o adapters.Options, tools []openapi.ClientTool, key string) adapters.Options {
	all := map[string]openapi.MCPServer{toolServer: {
		Type:      "remote",
		URL:       s.cfg.ToolsURL,
		Headers:   openapi.StringMap{"Authorization": "Bearer " + key},
		OAuth:     openapi.MCPOAuth{Disabled: true},
		TimeoutMs: toolPatience.Milliseconds(),
	}}
	maps.Copy(all, o.MCP)
	o.MCP, o.ToolServer = all, toolServer
	for _, t := range tools {
		o.ClientTools = append(o.ClientTools, t.Name)
	}
	return o
}

// toolKeys are the secrets by which agents that run show which session's tools they may call. They are kept in memory only: an
// agent does not outlive its owner.
type toolKeys struct {
	mu     sync.Mutex
	owners map[string]*owner
}

// give makes a new key for an owner's agent; former ones are void.
func (k *toolKeys) give(o *owner) string {
	k.take(o)
	key := rand.Text()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.owners == nil {
		k.owners = map[string]*owner{}
	}
	k.owners[key] = o
	return key
}

// take makes an owner's keys void.
func (k *toolKeys) take(o *owner) {
	k.mu.Lock()
	defer k.mu.Unlock()
	maps.DeleteFunc(k.owners, func(_ string, of *owner) bool { return of == o })
}

func (k *toolKeys) owner(key string) *owner {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.owners[key]
}

// ClientTools are the tools that the agent with this key may call; false says that there is no such agent.
func (s *Service) ClientTools(key string) ([]openapi.ClientTool, bool) {
	o := s.tools.owner(key)
	if o == nil {
		return nil, false
	}
	return o.data.ClientTools, true
}

// CallTool calls a tool of the client for the agent with this key, in the turn that runs, and waits for what the client says of
// it. args is a JSON object. A ctx that ends withdraws the call. An error says that the call was not made, or came to nothing.
func (s *Service) CallTool(ctx context.Context, key, name string, args json.RawMessage) (json.RawMessage, error) {
	o := s.tools.owner(key)
	if o == nil {
		return nil, invalid("unknown key")
	}
	v, err := s.do(ctx, o.w.id, runningCommand{of: o})
	if err != nil {
		return nil, err
	}
	call := adapters.ToolCall{ID: "call_" + rand.Text(), Name: name, Arguments: args, Source: openapi.ToolSourceAgent}
	defer context.AfterFunc(s.noCalls, o.quit)()
	pending, err := v.(*turn).CallTool(call)
	if err != nil {
		return nil, err
	}
	r, err := pending.Wait(ctx)
	if err == nil && r.Status != openapi.ToolStatusCompleted {
		err = errors.New(r.Error)
	}
	return r.Result, err
}

// EndCalls ends the turns whose agents call tools of the client, now and from now on, as Close ends all of them. A server does
// so before it waits for its requests: those of these agents last as long as their calls.
func (s *Service) EndCalls() { s.endCall() }

// runningCommand answers with the running turn of an owner, if that one is still there.
type runningCommand struct{ of *owner }

func (c runningCommand) apply(o *owner) (any, error) {
	if o != c.of || o.turn == nil {
		return nil, invalid("no turn runs")
	}
	return o.turn, nil
}
