package all

import (
	"context"
	"time"

	"github.com/parleyhq/parley/adapters/internal/proc"
)

// Sweep ends the agents, and what they have started, of servers on this machine that are gone: a killed server could not
// do it. Agents of living servers are left alone. It returns how many processes it ended; each gets grace to end by itself.
func Sweep(ctx context.Context, grace time.Duration) (int, error) { return proc.Sweep(ctx, grace) }
