package terminal

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/parleyhq/parley/openapi"
)

// sessionOptions are what a session is created with.
type sessionOptions struct {
	request openapi.CreateSessionRequest
	input   string
}

func (o *sessionOptions) add(cmd *cobra.Command, t *terminal) {
	f := cmd.Flags()
	f.StringVar(&o.request.Agent, "agent", "", "agent; see parley agents list")
	f.StringVar(&o.request.AgentMode, "mode", "", "mode of the agent, such as plan")
	f.StringVar(&o.request.Model, "model", "", "model of the agent")
	f.StringVar(&o.request.Variant, "variant", "", "variant of the model, for most agents the reasoning effort")
	f.StringVar(&o.request.PermissionMode, "permission-mode", "", "default, plan, acceptEdits or bypass")
	f.StringVar(&o.request.Directory, "directory", "", "directory that the agent works in")
	f.StringVar(&o.request.Title, "title", "", "name for people")
	f.StringVar(&o.request.AgentVersion, "agent-version", "", "version of the agent's program")
	f.StringVar(&o.input, "input", "", "session input of a declared agent, a JSON `object`")
	t.completeOptions(cmd)
}

// given tells whether a flag was set that only a new session heeds.
func (o *sessionOptions) given(f *pflag.FlagSet) (name string) {
	for _, flag := range []string{"agent", "mode", "model", "variant", "permission-mode", "directory", "title", "agent-version", "input"} {
		if f.Changed(flag) {
			return "--" + flag
		}
	}
	return ""
}

// create reads the flags. A relative directory is meant from here, where the server is on this computer.
func (o *sessionOptions) create(here bool) (openapi.CreateSessionRequest, error) {
	req := o.request
	if o.input != "" {
		if err := json.Unmarshal([]byte(o.input), &req.Input); err != nil {
			return req, fmt.Errorf("--input is no JSON object: %w", err)
		}
	}
	if req.Directory == "" || !here {
		return req, nil
	}
	dir, err := filepath.Abs(req.Directory)
	req.Directory = dir
	return req, err
}

// work is create for a session that works in the current directory unless it is told otherwise.
func (o *sessionOptions) work(here bool) (openapi.CreateSessionRequest, error) {
	if o.request.Directory == "" && here {
		dir, err := os.Getwd()
		if err != nil {
			return openapi.CreateSessionRequest{}, err
		}
		o.request.Directory = dir
	}
	return o.create(here)
}
