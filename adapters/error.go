package adapters

import (
	"errors"
	"fmt"

	"github.com/parleyhq/parley/openapi"
)

// ErrNotInstalled says that there is no program to start.
var ErrNotInstalled = errors.New("agent not installed")

// ErrNotSteered says that an agent did not take a message into the turn that runs.
var ErrNotSteered = errors.New("message not taken into the running turn")

// An ExitError says that an agent's process ended when it should not have.
type ExitError struct {
	Message  string // what happened, for people
	ExitCode *int   // nil when it was ended by a signal or never started
	Signal   string // the signal that ended it, or empty
	Stderr   openapi.Stderr
}

func (e *ExitError) Error() string {
	switch {
	case e.ExitCode != nil:
		return fmt.Sprintf("%s (exit code %d)", e.Message, *e.ExitCode)
	case e.Signal != "":
		return fmt.Sprintf("%s (%s)", e.Message, e.Signal)
	}
	return e.Message
}

// An OptionError refuses an option of a create request.
type OptionError struct {
	Option string // as the request spells it
	Reason string // for people; without the option's name
}

func (e *OptionError) Error() string { return e.Option + ": " + e.Reason }

// An InstallError says why an agent could not be installed.
type InstallError struct {
	Message string
	Stderr  string // the end of what the installer printed
}

func (e *InstallError) Error() string { return e.Message }
