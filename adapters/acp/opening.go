package acp

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/environ"
	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
	"github.com/parleyhq/parley/openapi"
)

// opening brings a started program to where it takes a prompt.
type opening struct {
	*conn
	options adapters.Options
	cwd     string
	env     environ.Env
	method  string // to log in with; empty = one that the environment has the variables for
	client  object // who Parley is
}

// failure is the refusal of an agent that lives on. It is told to the user.
type failure struct{ openapi.ErrorData }

func (f *failure) Error() string { return f.Message }

// introduce begins the conversation.
func (o *opening) introduce(ctx context.Context) error {
	err := o.call(ctx, methodInitialize, object{
		"protocolVersion": protocolVersion,
		"clientInfo":      o.client,
		// Agents that are given neither files nor terminals use their own.
		"clientCapabilities": object{
			"fs": object{"readTextFile": false, "writeTextFile": false}, "terminal": false,
			"elicitation": object{"form": object{}},
		},
	}, &o.about)
	if err != nil {
		return o.refused(methodInitialize, err)
	}
	if got := string(o.about.ProtocolVersion); got != fmt.Sprint(protocolVersion) {
		return newFailure("agent_error", fmt.Sprintf("%s speaks version %s of the Agent Client Protocol, Parley speaks version %d", o.name, got, protocolVersion))
	}
	return nil
}

// take takes up the session of that name, or begins one. It reports whether it is a new one.
func (o *opening) take(ctx context.Context, native string) (begun bool, err error) {
	begun, err = o.try(ctx, native)
	var refused *jsonrpc.Error
	if errors.As(err, &refused) && refused.Code == codeAuthRequired {
		if err := o.logIn(ctx, refused); err != nil {
			return false, err
		}
		begun, err = o.try(ctx, native)
	}
	return begun, o.refused("the session", err)
}

// try loads a session where it can, and begins one where it cannot.
func (o *opening) try(ctx context.Context, native string) (begun bool, err error) {
	method := ""
	switch {
	case native == "":
	case o.about.Capabilities.LoadSession:
		method = methodLoad
	case o.about.Capabilities.resumes():
		method = methodResume
	}
	servers, err := o.servers()
	if err != nil {
		return false, newFailure("agent_error", err.Error())
	}
	params := object{"cwd": o.cwd, "mcpServers": servers}
	if method != "" {
		params["sessionId"] = native
		o.session = native
		err := o.call(ctx, method, params, &o.state)
		var refused *jsonrpc.Error
		if !errors.As(err, &refused) || refused.Code == codeAuthRequired {
			return false, err
		}
		o.log.Warn("session not taken up again", "native", native, "error", err, "data", string(refused.Data))
		delete(params, "sessionId")
	}
	o.convert.spent = spending{known: true} // a new session has cost nothing
	if err := o.call(ctx, methodNew, params, &o.state); err != nil {
		return true, err
	}
	if o.session = o.state.SessionID; o.session == "" {
		return true, newFailure("agent_error", o.name+" gives its session no name")
	}
	return true, nil
}

// logIn authenticates, where that takes no person.
func (o *opening) logIn(ctx context.Context, refused *jsonrpc.Error) error {
	method := o.method
	for _, m := range o.about.AuthMethods {
		if method == "" && m.satisfied(o.env) {
			method = m.ID
		}
	}
	if method == "" {
		return o.loggedOut(refused)
	}
	err := o.call(ctx, methodAuthenticate, object{"methodId": method}, nil)
	if errors.As(err, &refused) {
		return o.loggedOut(refused)
	}
	return err
}

// satisfied says whether the environment has all that a method needs.
func (m authMethod) satisfied(env environ.Env) bool {
	for _, v := range m.Vars {
		if env[v.Name] == "" && !v.Optional {
			return false
		}
	}
	return len(m.Vars) > 0
}

// refused makes an error of the agent one of the user's; others stay as they are.
func (o *opening) refused(what string, err error) error {
	var e *jsonrpc.Error
	switch {
	case !errors.As(err, &e):
		return err
	case e.Code == codeAuthRequired:
		return o.loggedOut(e)
	}
	data := errorData(e)
	data.Message = fmt.Sprintf("%s refuses %s: %s", o.name, what, data.Message)
	return &failure{data}
}

// loggedOut says that nobody is logged in, and how one could.
func (c *conn) loggedOut(e *jsonrpc.Error) *failure {
	message := "not logged in: " + errorMessage(e.Message)
	var ways []string
	for _, m := range c.about.AuthMethods {
		ways = append(ways, fmt.Sprintf("%s (%s)", m.Name, m.ID))
	}
	if ways != nil {
		message += "; " + c.name + " offers: " + strings.Join(ways, ", ")
	}
	return newFailure("not_logged_in", message)
}

func newFailure(code, message string) *failure {
	return &failure{openapi.ErrorData{Code: &code, Message: message}}
}
