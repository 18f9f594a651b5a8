package mock_test

import (
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/mock"
)

func TestSuite(t *testing.T) {
	t.Parallel()
	adaptertest.Run(t, func(*testing.T) adaptertest.Subject {
		return adaptertest.Subject{
			Adapter: mock.New(time.Millisecond),
			Options: adapters.Options{SessionID: "suite", AgentMode: "build", PermissionMode: "default"},
			Say: adaptertest.Messages{
				Text:        "hello",
				Stream:      "markdown",
				Long:        "slow 100000 10",
				Permission:  "List files in the current directory using available tools.",
				Permissions: "permission",
				Question:    "Call the AskUserQuestion tool with exactly one yes/no question and wait for a reply. Do not answer yourself.",
				Crash:       "crash",
				Flood:       "flood 10485760",
				Garbage:     "unparsed",
			},
		}
	})
}

func TestNames(t *testing.T) {
	t.Parallel()
	a := mock.New(0)
	if got := a.NativeSessionID("a b/c"); got != "mock-a b/c" {
		t.Errorf("native session id %q", got)
	}
	if got := a.UserItemID(3); got != "mock_3_user" {
		t.Errorf("user item id %q", got)
	}
}
