package program

import (
	"context"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/proc"
	"github.com/parleyhq/parley/openapi"
)

// Exit tells how a process ended, as the error of a turn; the last line of its stderr is put behind the message. It blocks
// until the process is gone: stop it first when it may still run.
func Exit(p *proc.Process, message string) *adapters.ExitError {
	e := &adapters.ExitError{Message: message}
	exit, err := p.Wait(context.Background())
	if err != nil {
		return e
	}
	e.Signal = exit.Signal
	if exit.Signal == "" {
		e.ExitCode = &exit.Code
	}
	s := exit.Stderr
	e.Stderr = openapi.Stderr{Head: s.Head, Tail: s.Tail, Truncated: s.Truncated, TotalLines: s.TotalLines}
	if last := s.Last(); last != "" {
		e.Message += ": " + last
	}
	return e
}
