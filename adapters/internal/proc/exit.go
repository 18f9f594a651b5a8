package proc

import (
	"fmt"
	"os"
	"syscall"
)

// Exit says how a process ended.
type Exit struct {
	Code   int    // the exit code; -1 when a signal ended it
	Signal string // the signal that ended it, as "killed" or "terminated"; empty when none did
	Stderr Stderr
}

// Err is nil for exit code 0, else an *ExitError.
func (e Exit) Err() error {
	if e.Code == 0 {
		return nil
	}
	return &ExitError{Exit: e}
}

// ExitError is an exit with another code than 0, or by a signal.
type ExitError struct{ Exit }

func (e *ExitError) Error() string {
	text := fmt.Sprintf("exit code %d", e.Code)
	if e.Signal != "" {
		text = "ended by signal: " + e.Signal
	}
	if last := e.Stderr.Last(); last != "" {
		text += ": " + last
	}
	return text
}

func exitOf(state *os.ProcessState, out Stderr) Exit {
	if state == nil {
		return Exit{Code: -1, Stderr: out}
	}
	exit := Exit{Code: state.ExitCode(), Stderr: out}
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		exit.Signal = status.Signal().String()
	}
	return exit
}
