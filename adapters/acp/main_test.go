package acp

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/parleyhq/parley/adapters/adaptertest/mcptest"
)

func TestMain(m *testing.M) {
	mcptest.Main()
	switch os.Getenv(fakeVariable) {
	case "raw":
		os.Exit(fakeMain())
	case "sdk":
		os.Exit(sdkMain())
	}
	goleak.VerifyTestMain(m)
}
