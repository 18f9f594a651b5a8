package codex

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
	"github.com/parleyhq/parley/adapters/internal/transcript"
	"github.com/parleyhq/parley/openapi"
)

// takeUp makes a new process ready for the session's turns. replay is what happened before, where Codex does not know it.
func (a *agent) takeUp(ctx context.Context, c *conn, turn string) (replay string, err error) {
	if c.convert.anonymous, err = a.adapter.greet(ctx, c.rpc); err != nil {
		return "", err
	}
	if err := a.offerSkills(ctx, c); err != nil {
		return "", err
	}
	answer, err := a.resume(ctx, c)
	if refused := (*jsonrpc.Error)(nil); errors.As(err, &refused) { // the thread is gone or spoilt
		a.log.Warn("thread not resumed", "thread", a.native, "error", err)
		a.native, err = "", nil
	}
	if err == nil && a.native == "" {
		replay = transcript.Of(a.history(ctx), turn)
		err = c.rpc.Call(ctx, "thread/start", a.threadParams(), &answer)
	}
	if err != nil {
		return "", err
	}
	a.native = answer.Thread.ID
	c.convert.thread, c.convert.model, c.effort = answer.Thread.ID, answer.Model, answer.Effort
	a.carriedOut = a.carriedOut || a.plans() && planApproved(a.history(ctx))
	return replay, a.learnEfforts(ctx, c)
}

// How long a thread is waited for that another process still has, as the one of a server that was killed while it ends.
const (
	writerPatience = 10 * time.Second
	writerInterval = 100 * time.Millisecond // nothing tells that it is free
)

// resume takes up the session's thread, if it has one.
func (a *agent) resume(ctx context.Context, c *conn) (answer threadAnswer, err error) {
	if a.native == "" {
		return answer, nil
	}
	p := a.threadParams()
	p.ThreadID, p.ExcludeTurns = a.native, true
	for give := time.After(writerPatience); ; {
		err = c.rpc.Call(ctx, "thread/resume", p, &answer)
		if refused := (*jsonrpc.Error)(nil); !errors.As(err, &refused) || !strings.Contains(refused.Message, "active writer") {
			return answer, err
		}
		select {
		case <-time.After(writerInterval):
		case <-give:
			return answer, err
		case <-ctx.Done():
			return answer, ctx.Err()
		}
	}
}

// offerSkills names the directories of the session's skills to its process, which is the session's alone: nothing is
// written anywhere.
func (a *agent) offerSkills(ctx context.Context, c *conn) error {
	skills, err := a.adapter.skills(a.options).Load(ctx)
	if err != nil || len(skills) == 0 {
		return err
	}
	p := skillRootsParams{ExtraRoots: []string{}}
	for _, s := range skills {
		p.ExtraRoots = append(p.ExtraRoots, s.Dir)
	}
	return c.rpc.Call(ctx, "skills/extraRoots/set", p, nil)
}

// learnEfforts asks which efforts the thread's model has, where the session wants one.
func (a *agent) learnEfforts(ctx context.Context, c *conn) error {
	if a.options.Variant == "" {
		return nil
	}
	models, err := listModels(ctx, c.rpc)
	for _, m := range models {
		if m.ID == c.convert.model {
			c.efforts = m.efforts()
		}
	}
	return err
}

// threadParams are the same for a new thread and for one that is taken up.
func (a *agent) threadParams() threadParams {
	o := a.options
	p := threadParams{Cwd: o.Directory, Reviewer: "user"} // nobody else answers what the agent asks
	p.Approval, p.Sandbox = permissions(o.PermissionMode)
	if o.Model != defaultModel {
		p.Model = o.Model
	}
	if len(o.MCP) > 0 {
		p.Config = map[string]any{"mcp_servers": mcpServers(o)}
	}
	return p
}

// permissions are a permission mode in Codex's own words: when it asks, and what its commands can reach.
func permissions(mode string) (approval, sandbox string) {
	switch mode {
	case permissionBypass:
		return "never", "danger-full-access"
	case permissionPlan:
		return "untrusted", "read-only"
	}
	return "untrusted", "workspace-write"
}

// history yields the session's events as far as they can be read.
func (a *agent) history(ctx context.Context) iter.Seq[openapi.Event] {
	var all iter.Seq2[openapi.Event, error]
	if a.options.History != nil {
		all = a.options.History(ctx, 0)
	}
	return transcript.Readable(all, func(err error) { a.log.Warn("history not readable", "error", err) })
}

// plans says whether the session was created in plan mode.
func (a *agent) plans() bool { return a.options.AgentMode == modePlan }

// planApproved says whether the session's last plan was approved: it has then left plan mode.
func planApproved(events iter.Seq[openapi.Event]) bool {
	approved := false
	for e := range events {
		d, ok := e.Data.(openapi.QuestionResolvedData)
		if ok && len(d.Options) == 2 && d.Options[0] == approve && d.Options[1] == reject {
			approved = d.Response != nil && strings.EqualFold(*d.Response, approve)
		}
	}
	return approved
}
