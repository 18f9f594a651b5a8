package claude

import (
	"context"
	"io/fs"
	"os"

	"github.com/google/uuid"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/transcript"
)

// Open implements adapters.Adapter. The process is started by the first turn.
func (a *Adapter) Open(ctx context.Context, o adapters.Options) (adapters.Agent, error) {
	p, err := a.programs.Find(ctx, o.AgentVersion)
	if err != nil {
		return nil, err
	}
	return &agent{
		adapter: a,
		options: o,
		program: p,
		native:  o.NativeSessionID,
		told:    o.NativeSessionID,
		unknown: map[string]bool{},
		refused: map[string]bool{},
		log:     a.config.Log.With("session", o.SessionID),
	}, nil
}

// launch says how a process is to take up its session.
type launch struct {
	native string
	resume bool
	replay string // what happened before, where Claude Code does not know it
	plan   bool   // in plan mode
}

// arguments is the command line. See the package's tests for what each was seen to do.
func (a *agent) arguments(l launch) []string {
	args := []string{
		"-p", "--verbose", "--input-format", "stream-json", "--output-format", "stream-json", "--include-partial-messages",
		"--permission-prompt-tool", "stdio", // not in --help; without it nothing is ever asked
	}
	for _, option := range niceties {
		if !a.refused[option[0]] {
			args = append(args, option...)
		}
	}
	if l.resume {
		args = append(args, "--resume", l.native)
	} else {
		args = append(args, "--session-id", l.native)
	}
	args = append(args, a.modeArguments(l.plan)...)
	if m := a.options.Model; m != "" && m != defaultModel {
		args = append(args, "--model", m)
	}
	if efforts[a.options.Variant] {
		args = append(args, "--effort", a.options.Variant)
	}
	return args
}

// niceties are options that not every version knows. One that is refused is left out.
var niceties = [][]string{
	{"--thinking-display", "summarized"}, // not in --help; without it thoughts come empty from the real API
	{"--forward-subagent-text"},
	// These wait in the background for something and then begin a turn that no message asked for.
	{"--disallowedTools", "ScheduleWakeup,Monitor,CronCreate"},
}

func (a *agent) modeArguments(plan bool) []string {
	mode := nativeMode(a.options.PermissionMode)
	bypass := mode == "bypassPermissions"
	switch {
	case plan && bypass: // so that it may be set when the plan is approved
		return []string{"--permission-mode", "plan", "--allow-dangerously-skip-permissions"}
	case plan:
		return []string{"--permission-mode", "plan"}
	case bypass:
		return []string{"--permission-mode", mode, "--allow-dangerously-skip-permissions"}
	}
	return []string{"--permission-mode", mode}
}

// nativeMode is the permission mode outside plan mode under Claude Code's own name.
func nativeMode(mode string) string {
	switch mode {
	case permissionAcceptEdits:
		return "acceptEdits"
	case permissionBypass:
		return "bypassPermissions"
	}
	return "default"
}

// plans says whether the session was created in plan mode.
func (a *agent) plans() bool {
	return a.options.AgentMode == modePlan || a.options.PermissionMode == permissionPlan
}

// launch decides by what is there: a session that Claude Code has is resumed, another one is begun under its
// name, with the transcript in front of the message when there was one.
func (a *agent) launch(ctx context.Context, turn string) launch {
	l := launch{native: a.native, plan: a.plans()}
	if uuid.Validate(l.native) != nil {
		l.native = uuid.NewString() // the program takes no other names
	}
	home, _ := a.adapter.state.Dir(a.adapter.env)
	l.resume = !a.unknown[l.native] && (a.taken || known(home, l.native))
	if l.plan && l.resume {
		l.plan = !planApproved(a.history(ctx))
	}
	if !l.resume {
		l.replay = transcript.Of(a.history(ctx), turn)
	}
	return l
}

// known says whether Claude Code has a session. It keeps one file for each, by working directory, and finds it from
// every directory.
func known(home, native string) bool {
	files, err := fs.Glob(os.DirFS(home), "projects/*/"+native+".jsonl")
	return err == nil && len(files) > 0
}

func (a *agent) environment() []string {
	env := a.adapter.forProgram()
	if dir, private := a.adapter.state.Dir(a.adapter.env); private {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			a.log.Warn("private directory not made", "error", err)
		}
	}
	return env
}
