// Package amp drives the real Amp, one process for each turn, in its execute mode with JSON lines.
//
// It imports openapi, adapters and adapters/internal; adapters/all is what uses it. convert.go and its neighbours (message,
// tool, result, status) are pure and turn the program's records into items; turn.go plays one message and run.go keeps its
// process; settings.go and files.go hand it what is not said on its command line; login.go knows how it is logged in.
//
// The model runs at Amp's vendor, where the session is a thread; the program runs the tools. It says whole messages, asks for
// no permissions and puts no questions. Every line becomes an item, usage, an error that people need to see, or nothing where
// it repeats what the user has said. What is not known is kept as agent.unparsed.
package amp

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/environ"
	"github.com/parleyhq/parley/adapters/internal/program"
	"github.com/parleyhq/parley/openapi"
)

// ID is the agent's name in requests.
const ID = "amp"

// Version is the version of Amp that the adapter was built for, and which Install installs.
const Version = "0.0.1790142911-g7618fb"

// Config says how Amp is found and driven. The zero value works.
type Config struct {
	// DataDir is the server's data directory: versions are installed below it, and settings kept (see HomeVariable).
	// Empty is a folder in the user's cache directory.
	DataDir string
	Log     *slog.Logger // nil = none
	// Env is the environment of the program, as KEY=VALUE; nil is the server's own.
	Env []string
	// Program is started instead of what is installed. Its version is asked of it.
	Program string
	// StartTimeout is how long the program may take to say its first word; 0 = 2 minutes. It connects to the vendor and to
	// the MCP servers first, for which it gives itself a minute each.
	StartTimeout time.Duration
	// InterruptTimeout is how long it may take to give in to an interrupt before it is killed; 0 = 5 seconds.
	InterruptTimeout time.Duration
	// StopGrace is how long it may take to end by itself after its last word, and then after SIGTERM; 0 = 3 seconds.
	StopGrace time.Duration
}

func (c Config) withDefaults() Config {
	if c.DataDir == "" {
		c.DataDir = program.DefaultDataDir()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.StartTimeout = cmp.Or(c.StartTimeout, 2*time.Minute)
	c.InterruptTimeout = cmp.Or(c.InterruptTimeout, 5*time.Second)
	c.StopGrace = cmp.Or(c.StopGrace, 3*time.Second)
	return c
}

// Adapter makes Amp agents.
type Adapter struct {
	config   Config
	env      environ.Env
	state    environ.State
	programs *program.Finder
}

var (
	_ adapters.Adapter     = (*Adapter)(nil)
	_ adapters.Preparer    = (*Adapter)(nil)
	_ adapters.ModelLister = (*Adapter)(nil)
	_ adapters.Installer   = (*Adapter)(nil)
)

// New makes an adapter. It starts nothing.
func New(config Config) *Adapter {
	config = config.withDefaults()
	env := environ.New(config.Env)
	a := &Adapter{config: config, env: env, state: state(env, config.DataDir)}
	a.programs = program.New(a.spec())
	return a
}

// The permission modes. Amp's permissions are rules in its settings; where there are none it runs every tool, and what a rule
// wants to be asked for is refused, and ends the turn.
const (
	permissionDefault     = "default" // the rules hold
	permissionBypass      = "bypass"  // they do not
	permissionAcceptEdits = "acceptEdits"
)

// Info implements adapters.Adapter. It asks a program for its version once.
func (a *Adapter) Info(ctx context.Context) adapters.Info {
	info := adapters.Info{
		AgentInfo: openapi.AgentInfo{
			ID:                   ID,
			CredentialsAvailable: a.loggedIn(),
			Capabilities: openapi.AgentCapabilities{
				ErrorEvents: true, FileAttachments: true, MCPTools: true, Reasoning: true, Status: true, TextMessages: true,
				ToolCalls: true, ToolResults: true,
			},
		},
		Modes: []openapi.AgentMode{{ID: "build", Name: "Build", Description: "Works on the task"}},
		PermissionModes: map[string]string{
			permissionDefault: permissionDefault, permissionBypass: permissionBypass, permissionAcceptEdits: permissionDefault,
		},
		DefaultModel: defaultModel,
		Takes:        adapters.Takes{Model: true, Variant: true, AgentVersion: true, Directory: true, MCP: true, Skills: true},
	}
	if p, err := a.programs.Find(ctx, ""); err == nil {
		info.Installed, info.Path, info.Version = true, p.Path, a.programs.Version(ctx, p)
	}
	return info
}
