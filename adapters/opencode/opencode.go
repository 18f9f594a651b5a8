// Package opencode drives the real OpenCode: one `opencode serve` process for many sessions, over HTTP and its stream of
// events.
//
// It imports openapi, adapters and adapters/internal; adapters/all is what uses it. pool.go, start.go and server.go keep the
// processes, client.go talks to one, feed.go and queue.go hand each turn its events. agent.go is a session; begin.go, turn.go,
// steer.go and ask.go play one message, catchup.go mends what a cut of the stream has lost. convert.go and its neighbours
// (message, tool, file, status, result), rules.go and config.go are pure. env.go and shell.go hold the rules for the
// program's own directories.
//
// Of the program's events everything becomes an item, a status item, usage or an error that people need to see. Events of a
// session whose type is not known are kept as agent.unparsed.
package opencode

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/environ"
	"github.com/parleyhq/parley/adapters/internal/program"
	"github.com/parleyhq/parley/openapi"
)

// ID is the agent's name in requests.
const ID = "opencode"

// Version is the version of OpenCode that the adapter was built for, and which Install installs.
const Version = "1.18.33"

// Config says how OpenCode is found and driven. The zero value works.
type Config struct {
	// DataDir is the server's data directory: versions are installed below it, and sessions kept (see HomeVariable).
	// Empty is a folder in the user's cache directory.
	DataDir string
	Log     *slog.Logger // nil = none
	// Env is the environment of the program, as KEY=VALUE; nil is the server's own.
	Env []string
	// Program is started instead of what is installed. Its version is asked of it.
	Program string
	// StartTimeout is how long the program may take until it listens; 0 = a minute.
	StartTimeout time.Duration
	// InterruptTimeout is how long it may take to give in to an interrupt before the turn ends without it; 0 = 5 seconds.
	InterruptTimeout time.Duration
	// StopGrace is how long it may take to end after SIGTERM; 0 = 3 seconds.
	StopGrace time.Duration
	// Attempts is how often a model request may fail in a row before the turn does; 0 = 5. OpenCode itself never gives up.
	Attempts int
}

func (c Config) withDefaults() Config {
	if c.DataDir == "" {
		c.DataDir = program.DefaultDataDir()
	}
	if dir, err := filepath.Abs(c.DataDir); err == nil { // the program works elsewhere
		c.DataDir = dir
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.StartTimeout = cmp.Or(c.StartTimeout, time.Minute)
	c.InterruptTimeout = cmp.Or(c.InterruptTimeout, 5*time.Second)
	c.StopGrace = cmp.Or(c.StopGrace, 3*time.Second)
	c.Attempts = cmp.Or(c.Attempts, 5)
	return c
}

// Adapter makes OpenCode agents.
type Adapter struct {
	config   Config
	env      environ.Env
	state    environ.State
	programs *program.Finder
	pool     *pool

	mu       sync.Mutex
	catalogs map[place]*catalog
}

// place is where a catalog was read: what can be used depends on the project.
type place struct{ program, directory string }

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
	a := &Adapter{config: config, env: env, state: state(env, config.DataDir), catalogs: map[place]*catalog{}}
	a.programs = program.New(a.spec())
	a.pool = newPool(a.startServer)
	return a
}

// The modes that sessions may have.
const (
	modeBuild = "build"
	modePlan  = "plan"

	permissionDefault     = "default"
	permissionPlan        = "plan"
	permissionAcceptEdits = "acceptEdits"
	permissionBypass      = "bypass"
)

var permissionModes = map[string]string{
	permissionDefault: permissionDefault, permissionPlan: permissionPlan,
	permissionAcceptEdits: permissionAcceptEdits, permissionBypass: permissionBypass,
}

// Info implements adapters.Adapter. It asks a program for its version once.
func (a *Adapter) Info(ctx context.Context) adapters.Info {
	info := adapters.Info{
		AgentInfo: openapi.AgentInfo{
			ID:                   ID,
			CredentialsAvailable: a.state.Credentials(a.env),
			Capabilities: openapi.AgentCapabilities{
				CommandExecution: true, ErrorEvents: true, FileAttachments: true, FileChanges: true, Images: true,
				ItemStarted: true, MCPTools: true, Permissions: true, PlanMode: true, Questions: true, Reasoning: true,
				SessionLifecycle: true, SharedProcess: true, Status: true, StreamingDeltas: true, TextMessages: true,
				ToolCalls: true, ToolResults: true,
			},
			ServerStatus: a.pool.status(),
		},
		Modes:           modes(nil),
		AnyMode:         true,
		PermissionModes: maps.Clone(permissionModes),
		Takes:           adapters.Takes{Model: true, Variant: true, AgentVersion: true, Directory: true, MCP: true, Skills: true, ClientTools: true},
	}
	p, err := a.programs.Find(ctx, "")
	if err != nil {
		return info
	}
	info.Installed, info.Path, info.Version = true, p.Path, a.programs.Version(ctx, p)
	if known := a.known(place{program: p.Path}); known != nil {
		info.Modes, info.DefaultModel = slices.Clone(known.modes), known.models.DefaultModel
	}
	return info
}
