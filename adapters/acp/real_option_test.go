package acp_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/acp"
	"github.com/parleyhq/parley/adapters/adaptertest/mcptest"
	"github.com/parleyhq/parley/openapi"
)

func TestRealMCP(t *testing.T) {
	for _, c := range []struct {
		subject
		tool string
	}{{gemini, "mcp_%s_secret"}, {bridge, "mcp__%s__secret"}} {
		t.Run(c.name, func(t *testing.T) {
			tools := mcptest.Start(t)
			remote := tools.Remote()
			remote.BearerTokenEnvVar, remote.EnvHeaders = "TOKEN", openapi.StringMap{"X-Team": "TEAM"}
			servers := map[string]openapi.MCPServer{"web": remote, "prog": mcptest.Local(t)}
			r := newReal(t, c.subject, adapters.Options{MCP: servers}, "TOKEN=t0ken", "TEAM=red")
			for name := range servers {
				turn := r.turn("tool "+fmt.Sprintf(c.tool, name)+` {"name":"Ann"}`, "result")
				r.permit(turn, 1, openapi.PermissionReplyOnce)
				acp.Contains(t, acp.Messages(r.ends(turn, openapi.TurnStatusCompleted)), mcptest.Word+" Ann")
			}
			if h := tools.Headers()[0]; h.Get("Authorization") != "Bearer t0ken" || h.Get("X-Team") != "red" {
				t.Errorf("got the headers %v", h)
			}
		})
	}
}

// pixel is a picture.
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

func TestRealAttachments(t *testing.T) {
	for _, c := range []struct {
		subject
		sees string
	}{{gemini, "- a picture.png"}, {bridge, "[@notes%20f%C3%BCr%20dich.txt](file:///"}} {
		t.Run(c.name, func(t *testing.T) {
			r := newReal(t, c.subject, adapters.Options{})
			data, _ := base64.StdEncoding.DecodeString(pixel)
			for name, content := range map[string]string{"a picture.png": string(data), "notes für dich.txt": "the word is xyzzy"} {
				if err := os.WriteFile(r.path(name), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			in := adapters.Input{
				Number: 1, TurnID: "turn_1", Message: "say seen", Text: "say seen\n\nAttachments:\n- a picture.png",
				Attachments: []openapi.Attachment{{Path: r.path("a picture.png")}, {Path: "notes für dich.txt"}},
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			outcome, err := r.agent.Turn(ctx, in, r.host)
			if err != nil || outcome.Status != openapi.TurnStatusCompleted {
				t.Errorf("got %v, %v", outcome, err)
			}
			seen := heard(r.asked())
			acp.Contains(t, seen, "\nimage: ", "image/png", "say seen", c.sees)
		})
	}
}

// Gemini CLI takes a file that is named apart from pictures into the message.
func TestRealGeminiFile(t *testing.T) {
	r := newReal(t, gemini, adapters.Options{})
	const name = "notes für dich 100%.txt"
	if err := os.WriteFile(r.path(name), []byte("the word is xyzzy"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	in := adapters.Input{Number: 1, TurnID: "turn_1", Message: "say seen", Text: "say seen", Attachments: []openapi.Attachment{{Path: name}}}
	if outcome, err := r.agent.Turn(ctx, in, r.host); err != nil || outcome.Status != openapi.TurnStatusCompleted {
		t.Fatalf("got %v, %v", outcome, err)
	}
	acp.Contains(t, heard(r.asked()), "the word is xyzzy")
}

func TestRealModes(t *testing.T) {
	both(t, func(t *testing.T, s subject) {
		t.Run("bypass", func(t *testing.T) {
			r := newReal(t, s, adapters.Options{PermissionMode: "bypass"})
			said := r.says("run touch made")
			if !r.exists("made") {
				t.Errorf("got %q", acp.ToolOutputs(said))
			}
			r.close()
			r.open()
			r.says("run touch again")
			if !r.exists("again") {
				t.Error("the mode is lost in another process")
			}
		})
		t.Run("acceptEdits", func(t *testing.T) {
			r := newReal(t, s, adapters.Options{PermissionMode: "acceptEdits"})
			r.says("write "+r.path("made")+" x", "say done")
			if !r.exists("made") {
				t.Error("not written")
			}
		})
		t.Run("plan", func(t *testing.T) {
			r := newReal(t, s, adapters.Options{AgentMode: "plan"})
			r.says("say planned")
			acp.Contains(t, strings.ToLower(heard(r.asked())), "plan mode")
		})
	})
}

func TestRealModel(t *testing.T) {
	for _, c := range []struct {
		subject
		model, want string
	}{{gemini, "gemini-2.5-pro", "gemini-2.5-pro"}, {bridge, "haiku", "haiku"}} {
		t.Run(c.name, func(t *testing.T) {
			r := newReal(t, c.subject, adapters.Options{Model: c.model})
			said := r.says("say hello")
			acp.Contains(t, r.asked().Model, c.want)
			acp.Contains(t, outputs[openapi.Usage](said)[0].Data.Model, c.want)
			info := r.adapter.Info(t.Context())
			if info.Version == "" || !info.Capabilities.Images || !info.Capabilities.PlanMode {
				t.Errorf("got %+v", info.AgentInfo)
			}
			list, err := r.adapter.(adapters.ModelLister).Models(t.Context())
			if err != nil || len(list.Models) < 3 {
				t.Errorf("got %+v, %v", list, err)
			}
		})
	}
}

// A plan is approved by a permission; the agent then has another mode, in the next process too.
func TestRealBridgePlan(t *testing.T) {
	r := newReal(t, bridge, adapters.Options{AgentMode: "plan"}, "ENABLE_TOOL_SEARCH=false")
	turn := r.turn("plan the plan is to write", "say done")
	asked := r.permit(turn, 1, openapi.PermissionReplyOnce)
	if asked.Action != "ExitPlanMode" || asked.Metadata["kind"] != "switch_mode" {
		t.Errorf("got %+v", asked)
	}
	said := r.ends(turn, openapi.TurnStatusCompleted)
	acp.Contains(t, acp.Statuses(said), "mode: default")
	r.close()
	r.open()
	turn = r.turn("write "+r.path("made")+" x", "say done")
	r.permit(turn, 1, openapi.PermissionReplyOnce)
	r.ends(turn, openapi.TurnStatusCompleted)
	if !r.exists("made") {
		t.Error("the agent still plans")
	}
}
