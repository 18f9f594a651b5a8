package claude

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
		Env: append([]string{fakeVariable + "=1", configDirVariable + "=" + dir, "HOME=" + dir, "PATH=" + os.Getenv("PATH")}, env...),
	}
}

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

// toolOutputs is what the tools of a turn printed: the stand-in prints the answers that it got.
func toolOutputs(said []openapi.Output) string {
	var all []string
	for _, o := range said {
		if done, ok := o.(openapi.ItemCompleted); ok && done.Item.Kind == openapi.ItemKindToolResult {
			for _, c := range done.Item.Content {
				if r, ok := c.Part.(openapi.ToolResultPart); ok {
					all = append(all, r.Output)
				}
			}
		}
	}
	return strings.Join(all, "\n")
}

func heardPermission(reply openapi.PermissionReply, said []openapi.Output) bool {
	out := toolOutputs(said)
	rule := strings.Contains(out, `"destination":"session"`) && strings.Contains(out, "addRules") && !strings.Contains(out, "setMode")
	switch reply {
	case openapi.PermissionReplyOnce:
		return strings.Contains(out, `"allow"`) && !strings.Contains(out, "updatedPermissions")
	case openapi.PermissionReplyAlways:
		return strings.Contains(out, `"allow"`) && rule
	case openapi.PermissionReplyReject:
	}
	return strings.Contains(out, `"deny"`) && strings.Contains(out, "Permission denied.")
}

func heardQuestion(reply adapters.QuestionReply, said []openapi.Output) bool {
	var d struct {
		Behavior     string
		UpdatedInput struct {
			Questions []struct{ Question string }
			Answers   map[string]any
		}
	}
	if json.Unmarshal([]byte(toolOutputs(said)), &d) != nil {
		return false
	}
	if reply.Rejected {
		return d.Behavior == "deny"
	}
	for i, q := range d.UpdatedInput.Questions {
		var want any
		if i < len(reply.Answers) && len(reply.Answers[i]) > 0 {
			want = labels(reply.Answers[i])
		}
		got, _ := json.Marshal(d.UpdatedInput.Answers[q.Question])
		if wanted, _ := json.Marshal(want); string(got) != string(wanted) {
			return false
		}
	}
	return d.Behavior == "allow"
}
