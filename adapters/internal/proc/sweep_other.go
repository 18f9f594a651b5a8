//go:build !linux

package proc

import (
	"context"
	"time"
)

// Sweep ends the processes of servers that are gone. It does nothing here: without /proc they cannot be found.
func Sweep(context.Context, time.Duration) (int, error) { return 0, nil }
