package codex

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/parleyhq/parley/adapters/adaptertest/mcptest"
)

func TestMain(m *testing.M) {
	mcptest.Main()
	goleak.VerifyTestMain(m)
}
