package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/all"
)

// settings are what `parley serve` is told. Every flag has an environment variable; the flag wins.
type settings struct {
	agentSettings
	host          string
	port          uint16
	token         string
	corsOrigins   []string
	maxBody       int64
	fsRoot        string
	fsLimit       int64
	readTimeout   time.Duration
	maxSessions   int
	maxFollowers  int
	maxAgents     int
	maxQueue      int
	agentIdle     time.Duration
	sessionExpiry time.Duration
	logLevel      string
	logFormat     string
}

func (s *settings) add(f *pflag.FlagSet) {
	f.StringVar(&s.host, "host", "127.0.0.1", "address to listen on")
	f.Uint16Var(&s.port, "port", 2468, "port to listen on; 0 = any free one")
	f.StringVar(&s.token, "token", "", "token that callers must show; needed where other machines can reach the server")
	s.agentSettings.add(f)
	f.DurationVar(&s.mockDelay, "mock-delay", 20*time.Millisecond, "pause of the mock agent after each event")
	f.StringSliceVar(&s.corsOrigins, "cors-origin", nil, "origin of a web page that may call, such as https://app.example.com; repeatable")
	f.Int64Var(&s.maxBody, "max-body", 2<<20, "largest body of a request, in bytes; files have --fs-limit")
	f.StringVar(&s.fsRoot, "fs-root", "", "directory that /v1/fs is held inside, links included; without it callers reach all files that the server reaches")
	f.Int64Var(&s.fsLimit, "fs-limit", 0, "largest file or archive that is taken, in bytes; 0 = no limit")
	f.DurationVar(&s.readTimeout, "read-timeout", 30*time.Second, "a client must send a whole request in so long, and the next piece of a file")
	f.IntVar(&s.maxSessions, "max-sessions", 0, "at most so many sessions that have not ended; 0 = no limit")
	f.IntVar(&s.maxFollowers, "max-followers", 0, "at most so many open streams; 0 = no limit")
	f.IntVar(&s.maxAgents, "max-agents", 0, "at most so many agents that live at once, the longest idle one makes room; 0 = no limit")
	f.IntVar(&s.maxQueue, "max-queue", 1000, "at most so many waiting messages in a session")
	f.DurationVar(&s.agentIdle, "agent-idle", 10*time.Minute, "an agent without a turn for so long is closed; the next message starts it again")
	f.StringVar(&s.agentsDir, "agents-dir", "", "directory of agents that are declared in files, a folder each; without it the folder agents of the data directory")
	f.DurationVar(&s.sessionExpiry, "session-expiry", 24*time.Hour, "an agent session (/api) without use for so long expires")
	f.StringVar(&s.logLevel, "log-level", "info", "debug, info, warn or error")
	f.StringVar(&s.logFormat, "log-format", "text", "text or json")
	nameVariables(f)
}

// check refuses what no part of the server would find out, or only too late.
func (s *settings) check() error {
	switch {
	case s.dataDir == "":
		return fmt.Errorf("there is no home directory to keep data in; name a directory with --data-dir")
	case s.maxBody < 1 || s.maxQueue < 1:
		return fmt.Errorf("--max-body and --max-queue must be at least 1")
	case s.maxSessions < 0 || s.maxFollowers < 0 || s.maxAgents < 0 || s.mockDelay < 0 || s.fsLimit < 0:
		return fmt.Errorf("--max-sessions, --max-followers, --max-agents, --mock-delay and --fs-limit must not be negative")
	case s.agentIdle <= 0 || s.readTimeout <= 0 || s.sessionExpiry <= 0:
		return fmt.Errorf("--agent-idle, --read-timeout and --session-expiry must be more than 0")
	}
	return nil
}

// agentSettings say which agents there are.
type agentSettings struct {
	dataDir   string
	mockDelay time.Duration
	acp       []string
	acpConfig string
	agentsDir string
}

func (s *agentSettings) add(f *pflag.FlagSet) {
	addDataDir(f, &s.dataDir)
	f.StringArrayVar(&s.acp, "acp", nil, "an agent that speaks the Agent Client Protocol, as `[ID=]COMMAND ARGS`; repeatable, in the variable a line each")
	f.StringVar(&s.acpConfig, "acp-config", "", "YAML or JSON `file` that lists agents that speak it: {agents: [{id, name, command, args, env}]}")
}

// library opens the declared agents.
func (s *agentSettings) library(log *slog.Logger) (adapters.Library, error) {
	dir := s.agentsDir
	if dir == "" {
		dir = filepath.Join(s.dataDir, "agents")
	}
	return all.Library(dir, log)
}

func (s *agentSettings) agents(log *slog.Logger) ([]adapters.Adapter, error) {
	return all.New(all.Config{DataDir: s.dataDir, MockDelay: s.mockDelay, ACP: s.acp, ACPFile: s.acpConfig, Log: log})
}

func addDataDir(f *pflag.FlagSet, dir *string) {
	f.StringVar(dir, "data-dir", defaultDataDir(), "directory that keeps sessions, logs and installed agents")
}

// defaultDataDir is a directory of the user's own; empty when there is no home.
func defaultDataDir() string {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "parley")
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		if dir, err := os.UserConfigDir(); err == nil {
			return filepath.Join(dir, "parley")
		}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".local", "share", "parley")
}

// variable is the environment variable of a flag.
func variable(flag string) string {
	return "PARLEY_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// hasVariable marks a flag that has an environment variable.
const hasVariable = "variable"

// nameVariables gives flags their variables, and shows these in the help.
func nameVariables(f *pflag.FlagSet) {
	f.VisitAll(func(flag *pflag.Flag) {
		flag.Usage += " [" + variable(flag.Name) + "]"
		flag.Annotations = map[string][]string{hasVariable: {variable(flag.Name)}}
	})
}

// fromEnvironment sets the flags that the command line did not. An empty variable is none.
func fromEnvironment(f *pflag.FlagSet, lookup func(string) (string, bool)) (err error) {
	f.VisitAll(func(flag *pflag.Flag) {
		name := variable(flag.Name)
		value, ok := lookup(name)
		if !ok || value == "" || flag.Changed || flag.Annotations[hasVariable] == nil || err != nil {
			return
		}
		if e := f.Set(flag.Name, value); e != nil {
			err = fmt.Errorf("environment variable %s: %q is not valid for --%s", name, value, flag.Name)
		}
	})
	return err
}
