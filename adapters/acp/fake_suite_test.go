package acp

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
func fakeConfig(t testing.TB, start ...string) Config {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	return Config{
		Name: "Fake", Command: program, DataDir: dir, StopGrace: 2 * time.Second, InterruptTimeout: 3 * time.Second,
		Env:       map[string]string{fakeVariable: "raw", stateVariable: dir, startVariable: strings.Join(start, " ")},
		ServerEnv: []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH")},
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

func heardPermission(reply openapi.PermissionReply, said []openapi.Output) bool {
	want := map[openapi.PermissionReply]string{
		openapi.PermissionReplyOnce: "allow_once", openapi.PermissionReplyAlways: "allow_always", openapi.PermissionReplyReject: "reject_once",
	}
	return strings.Contains(toolOutputs(said), want[reply])
}

// toolOutputs is what the tools of a turn printed: the stand-in prints the answers that it got.
func toolOutputs(said []openapi.Output) string {
	var all []string
	for _, r := range parts[openapi.ToolResultPart](said) {
		all = append(all, r.Output)
	}
	return strings.Join(all, "\n")
}

func heardQuestion(reply adapters.QuestionReply, said []openapi.Output) bool {
	var a struct {
		Action  string
		Content map[string]any
	}
	if json.Unmarshal([]byte(messages(said)), &a) != nil {
		return false
	}
	if reply.Rejected {
		return a.Action == "decline"
	}
	values := map[string]any{"Red": "red", "Blue": "blue", "Blue, light": "blue"}
	want := 0
	for i, names := range [][]string{{"color", "z_colors"}, {"a_size"}} {
		if i >= len(reply.Answers) {
			continue
		}
		want++
		if !hasAnswer(a.Content, names, reply.Answers[i], values) {
			return false
		}
	}
	return a.Action == "accept" && want == len(a.Content)
}

// hasAnswer says whether one of the fields holds the answer: as a value, as a list, or as own words.
func hasAnswer(content map[string]any, names, answer []string, values map[string]any) bool {
	var list []any
	for _, label := range answer {
		value, ok := values[label]
		if !ok {
			value = label
		}
		list = append(list, value)
	}
	for _, name := range names {
		got, _ := json.Marshal([]any{content[name], content[name+"_other"]})
		one, _ := json.Marshal(list[0])
		many, _ := json.Marshal(list)
		for _, want := range []string{"[" + string(one) + ",null]", "[" + string(many) + ",null]", "[null," + string(one) + "]"} {
			if string(got) == want {
				return true
			}
		}
	}
	return false
}
