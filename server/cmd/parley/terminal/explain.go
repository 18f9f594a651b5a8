package terminal

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/parleyhq/parley/client"
)

// Exit is an error with an exit code of its own. Where it says nothing, everything was said already.
type Exit struct {
	Code int
	Text string
}

func (e *Exit) Error() string { return e.Text }

// The exit codes. Those of an interrupt are what shells use.
const (
	exitFailed      = 1
	exitInterrupted = 130
)

// explain turns an error into one line that says what to do.
func (r *remote) explain(err error) error {
	if err == nil {
		return nil
	}
	if exit, ok := errors.AsType[*Exit](err); ok {
		exit.Text = line(exit.Text)
		return exit
	}
	if errors.Is(err, context.Canceled) {
		return &Exit{Code: exitInterrupted} // by whoever wanted it
	}
	return &Exit{exitFailed, line(r.advice(err))}
}

func (r *remote) advice(err error) string {
	if refused, ok := errors.AsType[*client.Error](err); ok {
		return r.refusal(refused)
	}
	unsent, ok := errors.AsType[*net.OpError](err)
	switch {
	case ok && unsent.Op == "dial" && r.given():
		return fmt.Sprintf("no server answers at %s: is the address right? --server and %s set it", r.shown(), serverVariable)
	case ok && unsent.Op == "dial":
		return fmt.Sprintf("no server answers at %s: start one with `parley serve`, or name one with --server", r.shown())
	}
	return strings.TrimPrefix(err.Error(), "parley: ")
}

// refusal says what to do about what the server refuses.
func (r *remote) refusal(e *client.Error) string {
	p := e.Problem
	switch {
	case errors.Is(e, client.ErrUnauthorized) && r.secret() == "":
		return fmt.Sprintf("the server at %s needs a token: give it with --token or %s", r.shown(), tokenVariable)
	case errors.Is(e, client.ErrUnauthorized):
		return fmt.Sprintf("the token is not the one of the server at %s: give the right one with --token or %s", r.shown(), tokenVariable)
	case p.Code == "session_not_found":
		return p.Detail + "; `parley sessions list` shows what there is"
	case p.Code == "agent_not_installed":
		return fmt.Sprintf("%s; install it with `parley agents install %s`", p.Detail, p.Agent)
	case p.Code == "session_already_exists":
		return p.Detail + "; choose another id, or talk to it with `parley send`"
	case strings.Contains(p.Detail, "directory: path not found"):
		return p.Detail + "; it is one of the server's computer, name another one with --directory"
	case unknownCall(e):
		return fmt.Sprintf("the server at %s does not know this call (%d): it is another version of Parley, or none", r.shown(), p.Status)
	}
	return strings.TrimSuffix(strings.TrimPrefix(e.Error(), "parley: "), fmt.Sprintf(" (%d)", p.Status))
}

// unknownCall tells whether the server has no such route; a session or an agent that is not there has a code of its own.
func unknownCall(e *client.Error) bool {
	switch e.Problem.Code {
	case "", "not_found", "method_not_allowed":
		return e.Problem.Status == http.StatusNotFound || e.Problem.Status == http.StatusMethodNotAllowed
	}
	return false
}

// line makes one harmless line of a text.
func line(text string) string {
	return clean(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }), "; "))
}
