package amp

import (
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
)

func TestSuiteStandIn(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T) adaptertest.Subject {
		return adaptertest.Subject{
			Adapter: New(fakeConfig(t)),
			Options: adapters.Options{SessionID: t.Name(), AgentMode: "build", PermissionMode: permissionDefault, Directory: t.TempDir()},
			Say: adaptertest.Messages{
				Text: "say hello there", Long: "forever", Crash: "crash", Flood: "flood", Garbage: "garbage",
			},
			Left: left,
		}
	})
}
