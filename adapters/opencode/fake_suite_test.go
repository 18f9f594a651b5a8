package opencode

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/openapi"
)

// fakeConfig makes an adapter that starts the stand-in.
func fakeConfig(t testing.TB, env ...string) Config {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	return Config{
		DataDir: dir, Program: program, StopGrace: 2 * time.Second, InterruptTimeout: 3 * time.Second,
		Env: append([]string{fakeVariable + "=1", "HOME=" + dir, "PATH=" + os.Getenv("PATH")}, env...),
	}
}

func start(mode string) string { return startVariable + "=" + mode }

func TestSuiteStandIn(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T) adaptertest.Subject {
		return adaptertest.Subject{
			Adapter: New(fakeConfig(t)),
			Options: adapters.Options{SessionID: t.Name(), AgentMode: modeBuild, PermissionMode: permissionDefault, Directory: t.TempDir()},
			Say: adaptertest.Messages{
				Text: "say hello there", Stream: "say one two three four", Long: "forever", Permission: "permission", Permissions: "permissions",
				Question: "question", Questions: "questions", Crash: "crash", Flood: "flood", Garbage: "garbage",
			},
			Left:            left,
			HeardPermission: heardPermission,
			HeardQuestion:   heardQuestion,
		}
	})
}

func heardPermission(reply openapi.PermissionReply, said []openapi.Output) bool {
	out := toolOutputs(said)
	if reply == openapi.PermissionReplyReject {
		return strings.Contains(out, `"reject"`) && strings.Contains(out, "Permission denied.")
	}
	return strings.Contains(out, `"once"`)
}

func heardQuestion(reply adapters.QuestionReply, said []openapi.Output) bool {
	var d struct{ Answers [][]string }
	if err := json.Unmarshal([]byte(toolOutputs(said)), &d); err != nil || reply.Rejected {
		return reply.Rejected
	}
	for i, answer := range reply.Answers {
		if strings.Join(d.Answers[i], "|") != strings.Join(answer, "|") {
			return false
		}
	}
	return d.Answers != nil
}
