package amp

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/parleyhq/parley/adapters/adaptertest/mcptest"
)

func TestMain(m *testing.M) {
	mcptest.Main()
	if os.Getenv(fakeVariable) != "" {
		os.Exit(fakeMain())
	}
	goleak.VerifyTestMain(m)
}
