package codex_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/adaptertest/model"
	"github.com/parleyhq/parley/adapters/codex"
	"github.com/parleyhq/parley/adapters/codex/codextest"
	"github.com/parleyhq/parley/openapi"
)

func TestSuiteReal(t *testing.T) {
	program := codextest.Binary(t)
	server := model.Start(t)
	adaptertest.Run(t, func(t *testing.T) adaptertest.Subject {
		return adaptertest.Subject{
			Adapter: codex.New(codex.Config{DataDir: t.TempDir(), Program: program, Env: codextest.Env(t.TempDir(), server.URL)}),
			Options: adapters.Options{SessionID: t.Name(), AgentMode: "build", PermissionMode: "default", Directory: t.TempDir()},
			Say: adaptertest.Messages{
				Text: "say hello there", Stream: "slow 5 20", Long: "slow 1000 50", Permission: "run touch made-here\nsay done",
				Permissions: "run touch one\nand run touch other\nsay done",
				Question:    "ask Which color? | Red | Blue\nresult",
				Questions:   "ask Which color? | Red | Blue ;; Which size? | Small | Large\nresult",
				Flood:       "big 10485760",
			},
			Left: codex.Left,
			HeardPermission: func(reply openapi.PermissionReply, said []openapi.Output) bool {
				return strings.Contains(codex.ToolOutputs(said), "Permission denied.") == (reply == openapi.PermissionReplyReject)
			},
			HeardQuestion: heardQuestion,
		}
	})
}

// heardQuestion looks at the result of the tool, which the model repeats.
func heardQuestion(reply adapters.QuestionReply, said []openapi.Output) bool {
	_, result, _ := strings.Cut(codex.Messages(said), "done: ")
	var got struct {
		Answers map[string]struct{ Answers []string }
	}
	if json.Unmarshal([]byte(result), &got) != nil || len(got.Answers) != len(reply.Answers) {
		return false
	}
	for i, id := range []string{"q1", "q2"} {
		if i < len(reply.Answers) && strings.Join(got.Answers[id].Answers, "|") != strings.Join(reply.Answers[i], "|") {
			return false
		}
	}
	return true
}
