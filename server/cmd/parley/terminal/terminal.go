// Package terminal holds the commands that talk to a server: from `parley run` to `parley api`. They see sessions as any
// program does that uses the Go client, and show what they see to a person, or with --json to a program.
//
// It imports the client, the vocabulary (package openapi), cobra and what a terminal needs. What a command does on this computer
// without a server is the Machine's, which the binary hands in. Everything that agents and servers say is text to be shown, and
// passes clean before it reaches a terminal.
package terminal

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/parleyhq/parley/openapi"
)

// Machine does on this computer what needs no server that runs already.
type Machine interface {
	// Flags adds the flags that say which agents there are here, and where their data is.
	Flags(f *pflag.FlagSet)
	// Serve starts a server in this process, or finds the one that runs on this computer's data. The caller closes it.
	Serve(ctx context.Context) (*Server, error)
	// ListAgents looks which agents can be started here.
	ListAgents(ctx context.Context) ([]openapi.AgentInfo, error)
	// InstallAgent installs an agent's program, and tells progress line by line.
	InstallAgent(ctx context.Context, agent string, req openapi.InstallAgentRequest, progress func(line string)) (openapi.AgentInfo, error)
}

// Server is a server of this computer.
type Server struct {
	URL   string
	Token string       // of a server in this process; the caller knows that of another one, or is told that it needs it
	Close func() error // ends a server in this process and its agents, and waits for that
}

// terminal is what the commands share.
type terminal struct {
	machine Machine
	remote
	json bool // print what the API gives
}

// Commands returns the commands that talk to a server.
func Commands(m Machine) []*cobra.Command {
	t := &terminal{machine: m}
	all := []*cobra.Command{
		newRun(t), newChat(t), newSessions(t), newSend(t), newEvents(t), newPending(t), newApprove(t), newReject(t),
		newAnswer(t), newTrigger(t), newInterrupt(t), newAgents(t), newFs(t), newAPI(t),
	}
	for _, cmd := range all {
		t.remote.add(cmd.PersistentFlags())
		cmd.PersistentFlags().BoolVar(&t.json, "json", false, "print what the API gives, as JSON")
		t.explain(cmd)
	}
	return all
}

// explain makes the errors of a command, and of those below it, say what to do.
func (t *terminal) explain(cmd *cobra.Command) {
	for _, below := range cmd.Commands() {
		t.explain(below)
	}
	if work := cmd.RunE; work != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error { return t.remote.explain(work(cmd, args)) }
	}
}
