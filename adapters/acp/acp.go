// Package acp drives any agent that speaks version 1 of the Agent Client Protocol on its standard input and output, one
// process for each session; Gemini CLI is ready-made.
//
// It imports openapi, adapters and adapters/internal; adapters/all is what uses it. convert.go and its neighbours (message,
// tool, result, status, usage, end, permission, form) are pure and turn what an agent says into items; turn.go plays one
// message; agent.go, opening.go and conn.go keep the process; wire.go holds the protocol's messages, as far as they are
// looked at; facts.go and modes.go what is known of an agent before it is started; gemini.go what is Gemini CLI's own.
//
// An agent is offered neither files nor terminals of an editor's, and uses its own. It may ask questions by forms. Updates
// of kinds that are not known are kept as agent.unparsed, once in a turn for each kind.
package acp

import (
	"cmp"
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/environ"
	"github.com/parleyhq/parley/adapters/internal/program"
	"github.com/parleyhq/parley/openapi"
)

// DefaultID is the name in requests of a configured command that was given none.
const DefaultID = "acp"

// Config says which agent is driven, and how.
type Config struct {
	ID      string            // its name in requests; empty = DefaultID
	Name    string            // for people; empty = the command's
	Command string            // the program: a path, or a name on PATH. Of Gemini: empty = what is installed
	Args    []string          // of the program; of Gemini: after its own
	Env     map[string]string // added to the program's environment

	// DataDir is the server's data directory: what agents have told of themselves is kept below it, and Gemini CLI installed.
	// Empty is a folder in the user's cache directory.
	DataDir string
	Log     *slog.Logger // nil = none
	// ServerEnv is the environment that programs are started from, as KEY=VALUE; nil is the server's own.
	ServerEnv []string
	// StartTimeout is how long the program may take for each answer before it takes a message; 0 = a minute.
	StartTimeout time.Duration
	// InterruptTimeout is how long it may take to give in to an interrupt before it is stopped; 0 = 5 seconds.
	InterruptTimeout time.Duration
	// StopGrace is how long it may take to end after SIGTERM; 0 = 3 seconds.
	StopGrace time.Duration
}

func (c Config) withDefaults() Config {
	c.ID = cmp.Or(c.ID, DefaultID)
	c.Name = cmp.Or(c.Name, filepath.Base(c.Command))
	if c.DataDir == "" {
		c.DataDir = program.DefaultDataDir()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.StartTimeout = cmp.Or(c.StartTimeout, time.Minute)
	c.InterruptTimeout = cmp.Or(c.InterruptTimeout, 5*time.Second)
	c.StopGrace = cmp.Or(c.StopGrace, 3*time.Second)
	return c
}

// Adapter makes agents of one program.
type Adapter struct {
	config Config
	env    environ.Env // the server's
	kind   kind
	memory memory

	listing sync.Mutex // held while a program is asked for its models
}

var (
	_ adapters.Adapter     = (*Adapter)(nil)
	_ adapters.Preparer    = (*Adapter)(nil)
	_ adapters.ModelLister = (*Adapter)(nil)
	_ adapters.Adapter     = (*GeminiCLI)(nil)
	_ adapters.Installer   = (*GeminiCLI)(nil)
)

// kind is what differs between programs that speak the same protocol.
type kind struct {
	find      func(ctx context.Context, version string) (program.Program, error)
	version   func(ctx context.Context, p program.Program) string // without starting an agent; empty = it is not known
	provide   func(ctx context.Context, version string) (string, error)
	args      []string
	environ   func() environ.Env
	loggedIn  func() bool
	method    func() string            // to log in with; empty = what the environment has the variables for
	ready     func() error             // before a start
	uri       func(path string) string // of a file
	takes     adapters.Takes
	questions bool
	blind     bool  // it does not look at pictures in a message that names files too
	before    facts // what is known before the first start
}

// New makes an adapter for a command. It starts nothing.
func New(config Config) *Adapter {
	config = config.withDefaults()
	a := newAdapter(config)
	a.kind = kind{
		find:      func(context.Context, string) (program.Program, error) { return a.onPath() },
		version:   func(context.Context, program.Program) string { return "" }, // not every program knows how to tell it
		provide:   func(context.Context, string) (string, error) { _, err := a.onPath(); return "", err },
		environ:   func() environ.Env { return a.env.For(nil) },
		loggedIn:  func() bool { return true }, // it is not known how it would show
		method:    func() string { return "" },
		ready:     func() error { return nil },
		uri:       fileURI,
		takes:     adapters.Takes{Model: true, Directory: true, MCP: true},
		questions: true,
	}
	return a
}

func newAdapter(config Config) *Adapter {
	return &Adapter{
		config: config,
		env:    environ.New(config.ServerEnv),
		memory: memory{dir: filepath.Join(config.DataDir, "acp", config.ID), known: map[string]facts{}},
	}
}

// Info implements adapters.Adapter. Before an agent was started for the first time, its modes and models are not known.
func (a *Adapter) Info(ctx context.Context) adapters.Info {
	p, err := a.kind.find(ctx, "")
	f := a.facts(ctx, p)
	_, plan := f.Session.plan()
	info := adapters.Info{
		AgentInfo: openapi.AgentInfo{
			ID:                   a.config.ID,
			CredentialsAvailable: a.kind.loggedIn(),
			Capabilities: openapi.AgentCapabilities{
				CommandExecution: true, ErrorEvents: true, FileAttachments: true, FileChanges: true, ItemStarted: true, MCPTools: true,
				Permissions: true, Reasoning: true, SessionLifecycle: true, Status: true, StreamingDeltas: true, TextMessages: true,
				ToolCalls: true, ToolResults: true,
				Images: f.About.Capabilities.Prompt.Image, PlanMode: plan != "", Questions: a.kind.questions,
			},
		},
		Modes:           f.modes(),
		PermissionModes: f.permissionModes(),
		DefaultModel:    defaultModel,
		Takes:           a.kind.takes,
	}
	info.Takes.Variant = f.Session.effort() != nil
	if err == nil {
		info.Installed, info.Path, info.Version = true, p.Path, cmp.Or(a.kind.version(ctx, p), f.About.Agent.Version)
	}
	return info
}

// facts is what is known of a program.
func (a *Adapter) facts(ctx context.Context, p program.Program) facts {
	if f, ok := a.memory.recall(a.key(ctx, p)); ok {
		return f
	}
	return a.kind.before
}

func (a *Adapter) key(ctx context.Context, p program.Program) string {
	return commandKey(append([]string{p.Path}, a.args()...), a.kind.version(ctx, p))
}
