package amp

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/parleyhq/parley/adapters"
)

// Open implements adapters.Adapter. Each turn starts a process of its own.
func (a *Adapter) Open(ctx context.Context, o adapters.Options) (adapters.Agent, error) {
	p, err := a.programs.Find(ctx, o.AgentVersion)
	if err != nil {
		return nil, err
	}
	return &agent{
		adapter: a,
		options: o,
		program: p,
		thread:  o.NativeSessionID,
		told:    map[string]string{},
		log:     a.config.Log.With("session", o.SessionID),
	}, nil
}

// arguments is the command line, without the files.
func (a *agent) arguments() []string {
	var args []string
	if a.thread != "" {
		args = append(args, "threads", "continue", a.thread)
	}
	args = append(args,
		"--execute", "--stream-json", "--stream-json-thinking", "--stream-json-input",
		"--no-archive-after-execute", // a thread that is archived cannot be continued
		"--no-ide",                   // what an editor has open is not the user's message
	)
	if slices.Contains(variants, a.options.Variant) {
		args = append(args, "--mode", a.options.Variant)
	}
	if dir, private := a.adapter.state.Dir(a.adapter.env); private {
		args = append(args, "--log-file", filepath.Join(dir, "logs", "cli.log"))
	}
	return args
}
