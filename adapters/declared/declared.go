// Package declared is agents that are declared in files and run by Parley itself against a model provider. Each folder of a
// directory is an agent: settings.json, protocol.yaml and prompts.
//
// A turn is a trigger's handler, run step by step (run.go). Its state is a pure fold of the session's log (state.go): what
// is emitted is folded as it will be read again, and every decision and every request to a model is made from that state.
// So a turn that waits for tools of the client is in nobody's memory, and goes on after a restart as if there had been none.
//
// Rules that the contract leaves open:
//   - A thread is gone on with as the definition says now; its system prompt is as it was when it was started. The main
//     thread's is rendered for each request.
//   - An agent that is not agentic has one round of tool calls in a step, others maxSteps. The model is told when there are
//     no more; when it then calls again, the step ends with the finish reason other.
//   - What an independent step says is not said in the thread, once the step is over.
//   - A call that the definition does not allow is answered with an error and not passed on. A tool that failed gives a
//     tool-call step {"error": WHY}.
//   - A rollback drops messages of all threads, and neither variables nor resources. A restore sets these to their defaults.
//
// The package imports the seam, the vocabulary, adapters/internal/protocol and adapters/internal/provider. adapters/all
// hands its Library to the server.
package declared

import (
	"cmp"
	"log/slog"

	"github.com/parleyhq/parley/adapters/internal/environ"
	"github.com/parleyhq/parley/adapters/internal/provider"
)

// Config says where the definitions are and how their models are called.
type Config struct {
	Dir       string             // one folder for each agent; it is made when it is not there
	Env       []string           // where providers and their keys are found, as KEY=VALUE; nil = the server's own
	Providers *provider.Registry // nil = those of Env
	Log       *slog.Logger       // nil = slog.Default()
}

func (c Config) withDefaults() Config {
	if c.Providers == nil {
		c.Providers = provider.New(provider.FromEnv(environ.New(c.Env)))
	}
	c.Log = cmp.Or(c.Log, slog.Default())
	return c
}
