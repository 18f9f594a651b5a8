package claude

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/picture"
	"github.com/parleyhq/parley/openapi"
)

func start(mode string) string { return startVariable + "=" + mode }

func TestStartThatHangs(t *testing.T) {
	config := fakeConfig(t, start("hang"))
	config.StartTimeout = 200 * time.Millisecond
	r := run(t, config, adapters.Options{})
	_, err := r.host.Turn(t, r.agent, "say x").Wait(t)
	var exit *adapters.ExitError
	if !errors.As(err, &exit) || exit.ExitCode != nil || exit.Signal != "" {
		t.Fatalf("got %#v", err)
	}
	contains(t, exit.Message, "said nothing within 200ms")
}

func TestInterruptOfAStartThatHangs(t *testing.T) {
	config := fakeConfig(t, start("hang"))
	config.InterruptTimeout, config.StopGrace = 50*time.Millisecond, 100*time.Millisecond
	r := run(t, config, adapters.Options{})
	turn := r.host.Turn(t, r.agent, strings.Repeat("more than a pipe holds ", 20_000))
	turn.Interrupt()
	outcome, err := turn.Wait(t)
	if err != nil || outcome != interrupted {
		t.Errorf("got %v, %v", outcome, err)
	}
}

// A program that does not give in to an interrupt is stopped, and started again by the next turn.
func TestInterruptThatIsIgnored(t *testing.T) {
	config := fakeConfig(t, start("stubborn"))
	config.InterruptTimeout = 100 * time.Millisecond
	r := run(t, config, adapters.Options{})
	turn := r.host.Turn(t, r.agent, "forever")
	turn.AwaitType(t, openapi.EventItemDelta, 3)
	turn.Interrupt()
	if outcome, err := turn.Wait(t); err != nil || outcome != interrupted {
		t.Fatalf("got %v, %v", outcome, err)
	}
	checkOutputs(t, turn.Outputs())
	done := pick[openapi.ItemCompleted](turn.Outputs())
	if len(done) != 1 || done[0].Item.Status != openapi.ItemStatusFailed {
		t.Errorf("got %+v", done)
	}
	contains(t, messages(r.says("args", openapi.TurnStatusCompleted)), "--resume")
}

func TestProcessThatDiesBetweenTurns(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	r.says("say one", openapi.TurnStatusCompleted)
	process := r.agent.conn.process
	if err := syscall.Kill(process.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-process.Done()
	contains(t, messages(r.says("args", openapi.TurnStatusCompleted)), "--resume "+r.agent.native)
}

func TestRequestThatIsWithdrawn(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	contains(t, messages(r.says("withdraw", openapi.TurnStatusCompleted)), "went on")
	for _, e := range r.host.Log() {
		if d, ok := e.Data.(openapi.PermissionResolvedData); ok && d.Status == openapi.PermissionStatusReject {
			return
		}
	}
	t.Error("the request was not resolved")
}

func TestControlRequestFromTheFuture(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	contains(t, messages(r.says("strange", openapi.TurnStatusCompleted)), "refused")
}

func TestGarbageIsKept(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	said := r.says("garbage", openapi.TurnStatusCompleted)
	var raws []string
	for _, u := range pick[openapi.Unparsed](said) {
		if u.Data.Location != "claude.stdout" || u.Data.Error == "" {
			t.Errorf("got %+v", u.Data)
		}
		raws = append(raws, string(u.Raw))
	}
	got := strings.Join(raws, "\n")
	contains(t, got, `"npm warn something"`, `"{"`, `"{\"type\":"`, `{}`, `{"type":""}`, `[1,2,3]`)
	if strings.Contains(got, "brand_new") {
		t.Error("a record of an unknown type was taken for garbage")
	}
}

// A result line that is too long to be read ends the turn all the same.
func TestResultThatIsTooLong(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	said := r.says("endless", openapi.TurnStatusCompleted)
	if u := pick[openapi.Unparsed](said); len(u) != 1 || !strings.Contains(u[0].Data.Error, "too long") {
		t.Errorf("got %+v", u)
	}
	r.says("say alive", openapi.TurnStatusCompleted)
}

func TestVariant(t *testing.T) {
	t.Run("known", func(t *testing.T) {
		r := run(t, fakeConfig(t), adapters.Options{Variant: "high"})
		said := r.says("args", openapi.TurnStatusCompleted)
		contains(t, messages(said), "--effort high")
		if s := statuses(said); s != "" {
			t.Errorf("got the status %q", s)
		}
	})
	t.Run("unknown", func(t *testing.T) {
		r := run(t, fakeConfig(t), adapters.Options{Variant: "reasoning"})
		said := r.says("args", openapi.TurnStatusCompleted)
		contains(t, statuses(said), "variant: unknown and not used: reasoning")
		if strings.Contains(messages(said), "--effort") {
			t.Error("an unknown variant was passed on")
		}
		if s := statuses(r.says("args", openapi.TurnStatusCompleted)); s != "" {
			t.Errorf("told again: %q", s)
		}
	})
}

func TestArguments(t *testing.T) {
	for _, c := range []struct {
		options adapters.Options
		want    string
		not     string
	}{
		{adapters.Options{PermissionMode: permissionDefault, Model: "default"}, "--permission-mode default", "--model"},
		{adapters.Options{PermissionMode: permissionAcceptEdits, Model: "opus"}, "--permission-mode acceptEdits --model opus", "--allow"},
		{adapters.Options{PermissionMode: permissionBypass}, "--permission-mode bypassPermissions --allow-dangerously-skip-permissions", "plan"},
		{adapters.Options{PermissionMode: permissionPlan}, "--permission-mode plan", "--allow"},
		{adapters.Options{PermissionMode: permissionBypass, AgentMode: modePlan}, "--permission-mode plan --allow-dangerously-skip-permissions", "bypassPermissions"},
	} {
		r := run(t, fakeConfig(t), c.options)
		got := messages(r.says("args", openapi.TurnStatusCompleted))
		contains(t, got, c.want, "--session-id "+r.agent.native, "--permission-prompt-tool stdio", "--thinking-display summarized")
		if strings.Contains(got, c.not) {
			t.Errorf("%q is in %q", c.not, got)
		}
	}
}

// An option that an older version does not know is left out.
func TestUnknownOption(t *testing.T) {
	r := run(t, fakeConfig(t, start("old")), adapters.Options{Variant: "odd"})
	said := r.says("args", openapi.TurnStatusCompleted)
	if got := messages(said); strings.Contains(got, "--forward-subagent-text") || !strings.Contains(got, "--thinking-display") {
		t.Errorf("got %q", got)
	}
	if strings.Count(statuses(said), "variant") != 1 {
		t.Errorf("got %q", statuses(said))
	}
}

func TestPlan(t *testing.T) {
	for answer, want := range map[string]string{
		"approve":     `"mode":"acceptEdits"`,
		"reject":      `"Permission denied."`,
		"use threads": `"message":"use threads"`,
	} {
		r := run(t, fakeConfig(t), adapters.Options{AgentMode: modePlan, PermissionMode: permissionAcceptEdits})
		turn := r.host.Turn(t, r.agent, "plan")
		asked := turn.AwaitType(t, openapi.EventQuestionRequested, 1).Data.(openapi.QuestionRequestedData)
		contains(t, asked.Prompt, "# The plan")
		if strings.Join(asked.Options, " ") != "approve reject" {
			t.Errorf("got the options %q", asked.Options)
		}
		if err := r.host.AnswerQuestion(asked.QuestionID, [][]string{{answer}}); err != nil {
			t.Fatal(err)
		}
		if _, err := turn.Wait(t); err != nil {
			t.Fatal(err)
		}
		contains(t, toolOutputs(turn.Outputs()), want)
	}
}

// A session whose plan was approved has left plan mode, also in the next process.
func TestPlanModeAfterARestart(t *testing.T) {
	config := fakeConfig(t)
	r := run(t, config, adapters.Options{AgentMode: modePlan})
	turn := r.host.Turn(t, r.agent, "plan")
	asked := turn.AwaitType(t, openapi.EventQuestionRequested, 1).Data.(openapi.QuestionRequestedData)
	if err := r.host.AnswerQuestion(asked.QuestionID, [][]string{{"approve"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := turn.Wait(t); err != nil {
		t.Fatal(err)
	}
	r.close()
	for _, approved := range []bool{false, true} {
		o := adapters.Options{SessionID: "s", NativeSessionID: r.agent.native, AgentMode: modePlan, Directory: t.TempDir()}
		if approved {
			o.History = historyOf(r.host.Log())
		}
		again := run(t, config, o)
		got := messages(again.says("args", openapi.TurnStatusCompleted))
		again.close()
		if planned := strings.Contains(got, "--permission-mode plan"); planned == approved {
			t.Errorf("approved %t: got %q", approved, got)
		}
	}
}

func TestReplay(t *testing.T) {
	config := fakeConfig(t)
	first := run(t, config, adapters.Options{})
	first.says("say the secret word is xyzzy", openapi.TurnStatusCompleted)
	first.close()
	o := adapters.Options{SessionID: "s", NativeSessionID: uuid.NewString(), Directory: t.TempDir(), History: historyOf(first.host.Log())}
	got := messages(run(t, config, o).says("content", openapi.TurnStatusCompleted))
	contains(t, got, "<transcript>", "Assistant: the secret word is xyzzy")
	// A session that Claude Code knows is not told what it knows.
	o.NativeSessionID = first.agent.native
	if got := messages(run(t, config, o).says("content", openapi.TurnStatusCompleted)); strings.Contains(got, "xyzzy") {
		t.Errorf("told again: %q", got)
	}
}

func TestImages(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	dir := r.agent.options.Directory
	for name, size := range map[string]int{"a.png": 3, "b.txt": 3, "c.jpg": picture.MaxBytes + 1, "d": 3} {
		if err := os.WriteFile(filepath.Join(dir, name), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tn := newTurn(r.agent, nil, r.host, true)
	content := tn.content(adapters.Input{Text: "look", Attachments: []openapi.Attachment{
		{Path: "a.png"}, {Path: filepath.Join(dir, "b.txt")}, {Path: "c.jpg"}, {Path: "d", Mime: "image/WEBP; q=1"}, {Path: "missing.gif"}, {Path: dir, Mime: "image/png"},
	}}, "before")
	got := fmt.Sprint(content)
	want := "[{text before} {image {base64 image/png AAAA}} {image {base64 image/webp AAAA}} {text look}]"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEnvironmentOfTheProgram(t *testing.T) {
	for name, want := range map[string]string{
		"DISABLE_AUTOUPDATER": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "0", "PARLEY_TOKEN": "", "CLAUDECODE": "",
		"ANTHROPIC_BASE_URL": "http://there", "ANTHROPIC_API_KEY": "key", "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS": "1",
	} {
		r := run(t, fakeConfig(t, "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=0", "PARLEY_TOKEN=secret", "CLAUDECODE=1",
			"ANTHROPIC_BASE_URL=http://there", "CLAUDE_API_KEY=key"), adapters.Options{})
		if got := messages(r.says("env "+name, openapi.TurnStatusCompleted)); got != name+"="+want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestCost(t *testing.T) {
	config := fakeConfig(t)
	r := run(t, config, adapters.Options{})
	for range 2 {
		u := pick[openapi.Usage](r.says("say x", openapi.TurnStatusCompleted))
		if len(u) != 1 || deref(u[0].Data.CostUSD) != 0.25 || u[0].Data.InputTokens != 10 || u[0].Data.OutputTokens != 5 ||
			u[0].Data.ContextWindow != 1000 || u[0].Data.Model != "fake-model" {
			t.Errorf("got %+v", u)
		}
	}
	r.close()
	// The first sum of a resumed session has the earlier processes' in it.
	again := run(t, config, adapters.Options{SessionID: "s", NativeSessionID: r.agent.native, Directory: t.TempDir()})
	if u := pick[openapi.Usage](again.says("say x", openapi.TurnStatusCompleted)); u[0].Data.CostUSD != nil {
		t.Errorf("got %+v", u)
	}
	if u := pick[openapi.Usage](again.says("say x", openapi.TurnStatusCompleted)); deref(u[0].Data.CostUSD) != 0.25 {
		t.Errorf("got %+v", u)
	}
}

func TestManyDeltas(t *testing.T) {
	const n = 20_000
	r := run(t, fakeConfig(t), adapters.Options{})
	begin := time.Now()
	turn := r.host.Turn(t, r.agent, fmt.Sprintf("burst %d", n))
	if _, err := turn.Wait(t); err != nil {
		t.Fatal(err)
	}
	took := time.Since(begin)
	t.Logf("%d deltas in %s", n, took)
	if deltas := pick[openapi.ItemDelta](turn.Outputs()); len(deltas) != n {
		t.Errorf("got %d deltas", len(deltas))
	}
	if took > 20*time.Second { // 0.3 s on two cores
		t.Errorf("%d deltas took %s", n, took)
	}
}
