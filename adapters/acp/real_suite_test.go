package acp_test

import (
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/acp"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/adaptertest/model"
	"github.com/parleyhq/parley/openapi"
)

// Gemini CLI asks no questions over the protocol, and takes a text of 10 MiB that repeats itself for a loop that it must end.
func TestSuiteGemini(t *testing.T) { suite(t, gemini, adaptertest.Messages{}, "canceled by the user") }

func TestSuiteBridge(t *testing.T) {
	suite(t, bridge, adaptertest.Messages{
		Question:  "ask Which color? | Red | Blue\nsay done",
		Questions: "ask multi Which colors? | Red | Blue ;; Which size? | Small | Large\nsay done",
		Flood:     "big 10485760",
	}, "refused permission")
}

// suite runs the suite that every adapter passes. refused is what the model is told when the user does not permit a tool.
func suite(t *testing.T, s subject, say adaptertest.Messages, refused string) {
	server := model.Start(t)
	say.Text, say.Stream, say.Long = "say hello there", "slow 5 20", "slow 1000 50"
	say.Permission = "run touch made-here\nresult"
	adaptertest.Run(t, func(t *testing.T) adaptertest.Subject {
		return adaptertest.Subject{
			Adapter: s.adapter(t, t.TempDir(), server.URL),
			Options: adapters.Options{SessionID: t.Name(), AgentMode: "build", PermissionMode: "default", Directory: t.TempDir()},
			Say:     say,
			Left:    acp.Left,
			HeardPermission: func(reply openapi.PermissionReply, said []openapi.Output) bool {
				heard := acp.ToolOutputs(said) + acp.Messages(said)
				return strings.Contains(heard, refused) == (reply == openapi.PermissionReplyReject)
			},
			HeardQuestion: heardQuestion,
		}
	})
}

func heardQuestion(reply adapters.QuestionReply, said []openapi.Output) bool {
	out := acp.ToolOutputs(said)
	if reply.Rejected || len(reply.Answers) == 0 {
		return strings.Contains(out, "did not answer")
	}
	for _, answer := range reply.Answers {
		if !strings.Contains(out, strings.Join(answer, ", ")) {
			return false
		}
	}
	return true
}
