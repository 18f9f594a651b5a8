package acp

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	sdk "github.com/coder/acp-go-sdk"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/openapi"
)

// sdkAgent is a stand-in made of an SDK for agents, which has its own reading of the protocol: it refuses messages that are not
// what the schema says.
type sdkAgent struct {
	conn *sdk.AgentSideConnection

	mu     sync.Mutex
	cancel context.CancelFunc
	calls  int
}

var (
	_ sdk.Agent       = (*sdkAgent)(nil)
	_ sdk.AgentLoader = (*sdkAgent)(nil)
)

func sdkMain() int {
	a := &sdkAgent{}
	a.conn = sdk.NewAgentSideConnection(a, os.Stdout, os.Stdin)
	<-a.conn.Done()
	return 0
}

func (a *sdkAgent) Initialize(_ context.Context, p sdk.InitializeRequest) (sdk.InitializeResponse, error) {
	if p.ClientInfo == nil || p.ClientCapabilities.Elicitation == nil || p.ClientCapabilities.Elicitation.Form == nil {
		return sdk.InitializeResponse{}, sdk.NewInvalidParams("the client says too little of itself")
	}
	return sdk.InitializeResponse{
		ProtocolVersion: sdk.ProtocolVersionNumber, AgentInfo: &sdk.Implementation{Name: "sdk", Version: "1.0.0"},
		AgentCapabilities: sdk.AgentCapabilities{LoadSession: true}, AuthMethods: []sdk.AuthMethod{},
	}, nil
}

func (a *sdkAgent) NewSession(_ context.Context, _ sdk.NewSessionRequest) (sdk.NewSessionResponse, error) {
	id := fmt.Sprintf("sdk-%d-%d", os.Getpid(), time.Now().UnixNano())
	return sdk.NewSessionResponse{SessionId: sdk.SessionId(id), Modes: sdkModes()}, os.WriteFile(sdkFile(id), nil, 0o600)
}

func (a *sdkAgent) LoadSession(ctx context.Context, p sdk.LoadSessionRequest) (sdk.LoadSessionResponse, error) {
	if _, err := os.Stat(sdkFile(string(p.SessionId))); err != nil {
		return sdk.LoadSessionResponse{}, &sdk.RequestError{Code: -32002, Message: "no such session"}
	}
	a.update(ctx, p.SessionId, sdk.UpdateUserMessageText("before"), sdk.UpdateAgentMessageText("played back"))
	return sdk.LoadSessionResponse{Modes: sdkModes()}, nil
}

func sdkModes() *sdk.SessionModeState {
	return &sdk.SessionModeState{CurrentModeId: "ask", AvailableModes: []sdk.SessionMode{{Id: "ask", Name: "Ask"}, {Id: "architect", Name: "Planner"}}}
}

func sdkFile(session string) string { return filepath.Join(os.Getenv(stateVariable), session) }

func (a *sdkAgent) Authenticate(context.Context, sdk.AuthenticateRequest) (sdk.AuthenticateResponse, error) {
	return sdk.AuthenticateResponse{}, nil
}

func (a *sdkAgent) SetSessionMode(context.Context, sdk.SetSessionModeRequest) (sdk.SetSessionModeResponse, error) {
	return sdk.SetSessionModeResponse{}, nil
}

func (a *sdkAgent) SetSessionConfigOption(context.Context, sdk.SetSessionConfigOptionRequest) (sdk.SetSessionConfigOptionResponse, error) {
	return sdk.SetSessionConfigOptionResponse{}, nil
}

func (a *sdkAgent) ListSessions(context.Context, sdk.ListSessionsRequest) (sdk.ListSessionsResponse, error) {
	return sdk.ListSessionsResponse{}, nil
}

func (a *sdkAgent) ResumeSession(context.Context, sdk.ResumeSessionRequest) (sdk.ResumeSessionResponse, error) {
	return sdk.ResumeSessionResponse{}, nil
}

func (a *sdkAgent) CloseSession(context.Context, sdk.CloseSessionRequest) (sdk.CloseSessionResponse, error) {
	return sdk.CloseSessionResponse{}, nil
}

func (a *sdkAgent) Cancel(context.Context, sdk.CancelNotification) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.cancel != nil {
		a.cancel()
	}
	return nil
}

func (a *sdkAgent) Prompt(ctx context.Context, p sdk.PromptRequest) (sdk.PromptResponse, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	a.mu.Lock()
	a.cancel = cancel
	a.mu.Unlock()
	said := p.Prompt[len(p.Prompt)-1].Text.Text
	verb, rest, _ := strings.Cut(said, " ")
	switch verb {
	case "say":
		for _, word := range strings.SplitAfter(rest, " ") {
			a.update(ctx, p.SessionId, sdk.UpdateAgentMessageText(word))
		}
	case "forever":
		for ctx.Err() == nil {
			a.update(ctx, p.SessionId, sdk.UpdateAgentThoughtText("tick "))
			select {
			case <-time.After(20 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	case "permission":
		a.permission(ctx, p.SessionId)
	case "question":
		a.question(ctx, p.SessionId)
	default:
		a.update(ctx, p.SessionId, sdk.UpdateAgentMessageText("what?"))
	}
	if ctx.Err() != nil {
		return sdk.PromptResponse{StopReason: sdk.StopReasonCancelled}, nil
	}
	return sdk.PromptResponse{StopReason: sdk.StopReasonEndTurn, Usage: &sdk.Usage{InputTokens: 3, OutputTokens: 2, TotalTokens: 5}}, nil
}

func (a *sdkAgent) update(ctx context.Context, session sdk.SessionId, updates ...sdk.SessionUpdate) {
	for _, u := range updates {
		_ = a.conn.SessionUpdate(context.WithoutCancel(ctx), sdk.SessionNotification{SessionId: session, Update: u})
	}
}

func (a *sdkAgent) permission(ctx context.Context, session sdk.SessionId) {
	a.calls++
	id := sdk.ToolCallId(fmt.Sprintf("call-%d-%d", os.Getpid(), a.calls))
	a.update(ctx, session, sdk.StartToolCall(id, "touch x", sdk.WithStartKind(sdk.ToolKindExecute), sdk.WithStartStatus(sdk.ToolCallStatusPending),
		sdk.WithStartRawInput(map[string]any{"command": "touch x"})))
	answer, err := a.conn.RequestPermission(context.WithoutCancel(ctx), sdk.RequestPermissionRequest{
		SessionId: session, ToolCall: sdk.ToolCallUpdate{ToolCallId: id, Title: sdk.Ptr("touch x")},
		Options: []sdk.PermissionOption{
			{OptionId: "allow_once", Kind: sdk.PermissionOptionKindAllowOnce, Name: "Once"},
			{OptionId: "allow_always", Kind: sdk.PermissionOptionKindAllowAlways, Name: "Always"},
			{OptionId: "reject_once", Kind: sdk.PermissionOptionKindRejectOnce, Name: "No"},
		},
	})
	heard, _ := json.Marshal(answer)
	if err != nil {
		heard = []byte(err.Error())
	}
	a.update(ctx, session, sdk.UpdateToolCall(id, sdk.WithUpdateStatus(sdk.ToolCallStatusCompleted),
		sdk.WithUpdateContent([]sdk.ToolCallContent{sdk.ToolContent(sdk.TextBlock(string(heard)))})))
}

func (a *sdkAgent) question(ctx context.Context, session sdk.SessionId) {
	request := sdk.NewUnstableCreateElicitationRequestForm(sdk.UnstableElicitationSchema{Type: "object", Properties: map[string]any{
		"color": object{"type": "string", "title": "Color", "oneOf": []object{{"const": "red", "title": "Red"}, {"const": "blue", "title": "Blue"}}},
	}})
	request.Form.Message = "Which color?"
	answer, err := a.conn.UnstableCreateElicitation(context.WithoutCancel(ctx), request)
	heard, _ := json.Marshal(object{"action": "cancel"})
	if answer.Accept != nil {
		heard, _ = json.Marshal(object{"action": "accept", "content": answer.Accept.Content})
	} else if answer.Decline != nil {
		heard, _ = json.Marshal(object{"action": "decline"})
	}
	if err != nil {
		heard = []byte(err.Error())
	}
	a.update(ctx, session, sdk.UpdateAgentMessageText(string(heard)))
}

func sdkConfig(t testing.TB) Config {
	config := fakeConfig(t)
	config.Env[fakeVariable] = "sdk"
	return config
}

func TestSuiteSDK(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T) adaptertest.Subject {
		return adaptertest.Subject{
			Adapter: New(sdkConfig(t)),
			Options: adapters.Options{SessionID: t.Name(), AgentMode: modeBuild, PermissionMode: permissionDefault, Directory: t.TempDir()},
			Say: adaptertest.Messages{
				Text: "say hello there", Stream: "say one two three four", Long: "forever", Permission: "permission", Question: "question",
			},
			Left:            left,
			HeardPermission: heardPermission,
			HeardQuestion:   heardQuestion,
		}
	})
}

func TestSDK(t *testing.T) {
	r := run(t, sdkConfig(t), adapters.Options{AgentMode: modePlan, MCP: map[string]openapi.MCPServer{
		"local": {Type: "local", Command: openapi.MCPCommand{"/bin/true"}, Env: openapi.StringMap{"A": "b"}},
	}})
	said := r.says("say hello", openapi.TurnStatusCompleted)
	if u := pick[openapi.Usage](said); len(u) != 1 || u[0].Data.InputTokens != 3 {
		t.Errorf("got %+v", u)
	}
	if modes := r.agent.adapter.Info(t.Context()).Modes; len(modes) != 2 || modes[1].ID != modePlan {
		t.Errorf("got %+v", modes)
	}
}
