package codex

import (
	"encoding/json"
	"os"
	"reflect"
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
		Env: append([]string{fakeVariable + "=1", homeDirVariable + "=" + dir, "HOME=" + dir, "PATH=" + os.Getenv("PATH"), "GOCOVERDIR=" + dir}, env...),
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

// The stand-in shows the answers that it got as what its commands print.

func heardPermission(reply openapi.PermissionReply, said []openapi.Output) bool {
	return strings.Contains(toolOutputs(said), `{"decision":"`+decisions[reply].Decision+`"}`)
}

func heardQuestion(reply adapters.QuestionReply, said []openapi.Output) bool {
	var got answers
	if json.Unmarshal([]byte(toolOutputs(said)), &got) != nil || got.Answers == nil {
		return false
	}
	want := map[string]answer{}
	for i, id := range []string{"color", "pin"} {
		if i < len(reply.Answers) && len(reply.Answers[i]) > 0 {
			want[id] = answer{reply.Answers[i]}
		}
	}
	return reflect.DeepEqual(got.Answers, want)
}
