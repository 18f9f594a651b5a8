package codex

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"
)

var (
	errAborted = errors.New("aborted") // by an interrupt
	errFailed  = errors.New("failed")  // said already
	errEndless = errors.New("endless") // the end of the turn is a line that is too long
	errAgain   = errors.New("again")   // the program begins another turn by itself
)

func usageOf(total, last int64) object {
	sum := func(n int64) object {
		return object{"inputTokens": n, "cachedInputTokens": n / 5 * 2, "outputTokens": n, "reasoningOutputTokens": n / 5}
	}
	return object{"total": sum(total), "last": sum(last), "modelContextWindow": 1000}
}

// startTurn is called with mu held. A turn that runs gets the message, as the program has it.
func (f *fake) startTurn(m incoming) {
	var p struct {
		Input []struct{ Type, Text, Path string }
	}
	_ = json.Unmarshal(m.Params, &p)
	var pieces []string
	for _, i := range p.Input {
		pieces = append(pieces, i.Type+":"+i.Text+i.Path)
	}
	text := pieces[len(pieces)-1]
	if f.unloaded {
		f.refuse(m, "thread not found: "+f.thread)
		return
	}
	if strings.HasSuffix(text, "refused") {
		f.refuse(m, "the input is too large")
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	f.turn = &fakeTurn{id: uuid.NewString(), cancel: cancel, steers: make(chan steerParams, 16)}
	if f.mode == "hesitant" {
		f.turn.early = make(chan struct{})
	}
	f.reply(m, object{"turn": object{"id": f.turn.id, "status": "inProgress"}})
	go f.runTurn(ctx, f.turn, text, pieces[:len(pieces)-1])
}

func (f *fake) runTurn(ctx context.Context, t *fakeTurn, text string, before []string) {
	if t.early != nil {
		<-t.early
	}
	f.turnNotify("turn/started", object{"turn": object{"id": t.id, "status": "inProgress"}})
	user := object{"type": "userMessage", "id": "user-" + t.id, "clientId": f.clientID("turn/start"), "content": []object{{"type": "text", "text": text}}}
	f.item("item/started", user)
	f.item("item/completed", user)
	err := f.play(ctx, strings.TrimPrefix(text, "text:"), before)
	end := object{"id": t.id, "status": "completed", "error": nil}
	switch {
	case errors.Is(err, errAborted):
		end["status"] = "interrupted"
	case errors.Is(err, errEndless):
		end["items"] = strings.Repeat("0123456789abcdef", 17<<16)
	case errors.Is(err, errAgain):
	case err != nil:
		end["status"], end["error"] = "failed", object{"message": err.Error()}
	}
	f.mu.Lock()
	f.total += 5
	total := f.total
	f.mu.Unlock()
	for range 2 { // the program tells some sums twice
		f.turnNotify("thread/tokenUsage/updated", object{"tokenUsage": usageOf(total, 5)})
	}
	f.mu.Lock() // so that no other turn is begun in between
	defer f.mu.Unlock()
	f.turn = nil
	f.notify("turn/completed", object{"threadId": f.thread, "turn": end})
	if errors.Is(err, errAgain) {
		f.again()
	}
}

// again is a turn that nobody asked for. It is called with mu held.
func (f *fake) again() {
	say := func(method string, params object) {
		params["threadId"], params["turnId"] = f.thread, "by-itself"
		f.notify(method, params)
	}
	say("turn/started", object{"turn": object{"id": "by-itself"}})
	say("item/completed", object{"item": object{"type": "agentMessage", "id": "m", "text": "by itself"}})
	say("turn/completed", object{"turn": object{"id": "by-itself", "status": "completed"}})
}

// names are those of the thread and the turn that runs.
func (f *fake) names() (thread, turn string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.turn != nil {
		turn = f.turn.id
	}
	return f.thread, turn
}

func (f *fake) clientID(method string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var p turnParams
	_ = json.Unmarshal(f.params[method], &p)
	return p.ClientID
}

// interrupt is called with mu held.
func (f *fake) interrupt(m incoming) {
	var p interruptParams
	_ = json.Unmarshal(m.Params, &p)
	if f.turn == nil || p.TurnID != f.turn.id || f.mode == "hesitant" {
		f.refuse(m, "no active turn to interrupt")
		if f.mode == "hesitant" && f.turn != nil {
			f.mode = ""
			close(f.turn.early)
		}
		return
	}
	if f.mode != "stubborn" {
		f.turn.cancel()
	}
	f.reply(m, object{})
}

// steer is called with mu held.
func (f *fake) steer(m incoming) {
	var p steerParams
	_ = json.Unmarshal(m.Params, &p)
	switch {
	case f.turn == nil:
		f.refuse(m, "no active turn to steer")
	case p.Expected != f.turn.id:
		f.refuse(m, "expected active turn id")
	default:
		f.turn.steers <- p
		f.reply(m, object{"turnId": f.turn.id})
	}
}

// named puts the names of the thread and the turn into params.
func (f *fake) named(params object) object {
	thread, turn := f.names()
	params["threadId"] = thread
	if turn != "" {
		params["turnId"] = turn
	}
	return params
}

// turnNotify says something of the turn that runs.
func (f *fake) turnNotify(method string, params object) {
	f.notify(method, f.named(params))
}

func (f *fake) item(method string, item object) { f.turnNotify(method, object{"item": item}) }

// id is unique in the session, also after a restart.
func (f *fake) id(prefix string) string { return prefix + "_" + uuid.NewString()[:8] }

// acts are what a line of a message makes the stand-in do.
var acts = map[string]func(f *fake, ctx context.Context, rest string) error{
	"say": func(f *fake, ctx context.Context, rest string) error {
		return f.say(ctx, strings.SplitAfter(rest, " "), 0)
	},
	"forever": func(f *fake, ctx context.Context, _ string) error {
		return f.say(ctx, many(100_000), 20*time.Millisecond)
	},
	"burst": func(f *fake, ctx context.Context, rest string) error {
		n, _ := strconv.Atoi(rest)
		return f.say(ctx, many(n), 0)
	},
	"permission":  func(f *fake, ctx context.Context, _ string) error { return f.commands(ctx, 1) },
	"permissions": func(f *fake, ctx context.Context, _ string) error { return f.commands(ctx, 2) },
	"file":        (*fake).changeFile,
	"more":        (*fake).morePermissions,
	"mcptool":     (*fake).mcpTool,
	"elicit":      (*fake).elicit,
	"question":    askColor,
	"questions":   askTwo,
	"plan":        (*fake).propose,
	"crash":       crash,
	"garbage":     garbage,
	"flood": func(f *fake, ctx context.Context, _ string) error {
		return f.ran(ctx, "cat big", strings.Repeat("0123456789abcdef", 10<<16), nil)
	},
	"live": (*fake).live,
	"args": func(f *fake, ctx context.Context, _ string) error {
		return f.say(ctx, []string{strings.Join(os.Args[1:], " ")}, 0)
	},
	"env": func(f *fake, ctx context.Context, rest string) error {
		return f.say(ctx, []string{rest + "=" + os.Getenv(rest)}, 0)
	},
	"sent":     func(f *fake, ctx context.Context, rest string) error { return f.say(ctx, []string{f.sent(rest)}, 0) },
	"withdraw": (*fake).withdraw,
	"strange":  (*fake).strange,
	"shell":    shell,
	"error":    (*fake).modelError,
	"retry":    (*fake).retry,
	"unload": func(f *fake, ctx context.Context, _ string) error {
		f.mu.Lock()
		f.unloaded = true
		f.mu.Unlock()
		return f.say(ctx, []string{"bye"}, 0)
	},
	"endless": func(*fake, context.Context, string) error { return errEndless },
	"again":   func(*fake, context.Context, string) error { return errAgain },
	"join":    (*fake).join,
	"future":  (*fake).future,
	"warn": func(f *fake, ctx context.Context, rest string) error {
		f.turnNotify("warning", object{"message": rest})
		return nil
	},
	"child": (*fake).child,
	"todo": func(f *fake, _ context.Context, _ string) error {
		f.turnNotify("turn/plan/updated", object{"plan": []object{{"step": "one", "status": "completed"}, {"step": "two", "status": "inProgress"}, {"step": "three", "status": "pending"}}})
		return nil
	},
}

func (f *fake) sent(method string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return string(f.params[method])
}

func (f *fake) play(ctx context.Context, script string, before []string) error {
	if strings.HasPrefix(script, "content") {
		return f.say(ctx, []string{strings.Join(before, "|")}, 0)
	}
	for line := range strings.Lines(script) {
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		act := acts[verb]
		if act == nil {
			return f.say(ctx, []string{"what?"}, 0)
		}
		if err := act(f, ctx, rest); err != nil {
			return err
		}
	}
	return nil
}

func many(n int) []string {
	pieces := make([]string, n)
	for i := range pieces {
		pieces[i] = "tick" + strconv.Itoa(i) + " "
	}
	return pieces
}

// say streams a text. An interrupted one has no end.
func (f *fake) say(ctx context.Context, pieces []string, pause time.Duration) error {
	id := f.id("msg")
	f.item("item/started", object{"type": "agentMessage", "id": id, "text": ""})
	var all strings.Builder
	for _, piece := range pieces {
		if ctx.Err() != nil {
			return errAborted
		}
		all.WriteString(piece)
		f.turnNotify("item/agentMessage/delta", object{"itemId": id, "delta": piece})
		if pause > 0 {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
			}
		}
	}
	f.item("item/completed", object{"type": "agentMessage", "id": id, "text": all.String()})
	return nil
}

// ran shows a command and what it printed.
func (f *fake) ran(_ context.Context, command, output string, answer json.RawMessage) error {
	id := f.id("call")
	item := object{"type": "commandExecution", "id": id, "command": command, "cwd": "/", "status": "inProgress"}
	f.item("item/started", item)
	item["status"], item["aggregatedOutput"], item["exitCode"] = "completed", output+string(answer), 0
	f.item("item/completed", item)
	return nil
}

// result waits for the answer to a request; it is empty after an interrupt, which withdraws the request.
func (f *fake) result(ctx context.Context, number int) json.RawMessage {
	f.mu.Lock()
	answer := f.answers[number]
	f.mu.Unlock()
	select {
	case a := <-answer:
		f.turnNotify("serverRequest/resolved", object{"requestId": number})
		var m incoming
		_ = json.Unmarshal(a, &m)
		if m.Result == nil {
			return m.Error
		}
		return m.Result
	case <-ctx.Done():
		f.turnNotify("serverRequest/resolved", object{"requestId": number})
		return nil
	}
}

// commands asks for n permissions at once, and shows the answers as the commands' output.
func (f *fake) commands(ctx context.Context, n int) error {
	items, numbers := make([]object, n), make([]int, n)
	for i := range items {
		id := f.id("call")
		items[i] = object{"type": "commandExecution", "id": id, "command": "touch x", "cwd": "/", "status": "inProgress"}
		f.item("item/started", items[i])
		numbers[i] = f.ask(methodCommand, f.named(object{
			"kind": "command", "itemId": id, "command": "touch x", "cwd": "/", "reason": "because",
			"proposedExecpolicyAmendment": []string{"touch"}, "availableDecisions": []string{"accept", "cancel"},
		}))
	}
	for i := range items {
		answer := f.result(ctx, numbers[i])
		if answer == nil {
			return errAborted
		}
		items[i]["status"], items[i]["aggregatedOutput"], items[i]["exitCode"] = "completed", string(answer), 0
		if strings.Contains(string(answer), "decline") {
			items[i]["status"], items[i]["exitCode"] = "declined", nil
		}
		f.item("item/completed", items[i])
	}
	return f.say(ctx, []string{"done"}, 0)
}

// asks sends a request and shows its answer as the output of a command.
func (f *fake) asks(ctx context.Context, method string, params object) error {
	answer := f.result(ctx, f.ask(method, f.named(params)))
	if answer == nil {
		return errAborted
	}
	if err := f.ran(ctx, "answer", "", answer); err != nil {
		return err
	}
	return f.say(ctx, []string{"done"}, 0)
}

func (f *fake) changeFile(ctx context.Context, _ string) error {
	id := f.id("call")
	item := object{"type": "fileChange", "id": id, "status": "inProgress", "changes": []object{
		{"path": "/a.txt", "kind": object{"type": "update", "move_path": nil}, "diff": "@@ -1 +1 @@\n-a\n+b\n"},
	}}
	f.item("item/started", item)
	if err := f.asks(ctx, methodFiles, object{"itemId": id, "reason": nil, "grantRoot": nil}); err != nil {
		return err
	}
	item["status"] = "completed"
	f.item("item/completed", item)
	return nil
}

func (f *fake) morePermissions(ctx context.Context, _ string) error {
	return f.asks(ctx, methodPermissions, object{
		"itemId": "call_1", "reason": "to look", "cwd": "/", "permissions": object{"network": object{"enabled": true}},
	})
}

func (f *fake) mcpTool(ctx context.Context, _ string) error {
	return f.asks(ctx, methodElicitation, object{
		"serverName": "srv", "mode": "form", "message": "Allow it?", "requestedSchema": object{"type": "object", "properties": object{}},
		"_meta": object{"codex_approval_kind": "mcp_tool_call", "tool_name": "secret", "tool_params": object{"name": "Ann"}, "persist": []string{"session", "always"}},
	})
}

// elicit asks with the schema that the message has.
func (f *fake) elicit(ctx context.Context, schema string) error {
	mode := "form"
	if schema == "url" {
		mode, schema = "url", "null"
	}
	return f.asks(ctx, methodElicitation, object{"serverName": "srv", "mode": mode, "message": "Tell me", "requestedSchema": json.RawMessage(schema)})
}

func askColor(f *fake, ctx context.Context, _ string) error {
	return f.asks(ctx, methodQuestions, object{"itemId": "call_1", "isBlocking": false, "questions": []object{
		{"id": "color", "header": "C", "question": "Color?", "isOther": true, "isSecret": false, "options": []object{{"label": "Red", "description": "r"}, {"label": "Blue", "description": "b"}}},
	}})
}

func askTwo(f *fake, ctx context.Context, _ string) error {
	return f.asks(ctx, methodQuestions, object{"itemId": "call_1", "isBlocking": false, "questions": []object{
		{"id": "color", "header": "C", "question": "Color?", "isOther": true, "isSecret": false, "options": []object{{"label": "Red", "description": "r"}, {"label": "Blue", "description": "b"}}},
		{"id": "pin", "header": "P", "question": "PIN?", "isOther": true, "isSecret": true, "options": nil},
	}})
}

// propose proposes a plan, as in plan mode.
func (f *fake) propose(ctx context.Context, rest string) error {
	id := f.id("plan")
	f.item("item/started", object{"type": "plan", "id": id, "text": ""})
	f.turnNotify("item/plan/delta", object{"itemId": id, "delta": rest})
	f.item("item/completed", object{"type": "plan", "id": id, "text": rest})
	return f.say(ctx, []string{"there it is"}, 0)
}

// crash dies after it has begun to speak.
func crash(f *fake, _ context.Context, rest string) error {
	id := f.id("msg")
	f.item("item/started", object{"type": "agentMessage", "id": id, "text": ""})
	f.turnNotify("item/agentMessage/delta", object{"itemId": id, "delta": "last words"})
	fmt.Fprintln(os.Stderr, "fatal: out of luck")
	if rest == "killed" {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		hang()
	}
	os.Exit(3)
	return nil
}

func garbage(f *fake, ctx context.Context, _ string) error {
	for _, s := range []string{
		"npm warn something", "{", `{"method":`, `{}`, `{"method":""}`, `{"method":"brand/new","params":{"x":[1]}}`, "[1,2,3]", "\xff\xfe\x00",
		`{"method":"item/started"}`, `{"method":"item/started","params":[]}`, `{"method":"item/started","params":{"item":"odd"}}`,
		`{"method":"item/completed","params":{"item":{"type":"brandNew","id":"b1","x":1}}}`,
		`{"method":"item/completed","params":{"item":{"type":"commandExecution","id":7,"changes":"odd"}}}`,
		`{"method":"item/agentMessage/delta","params":{"itemId":"nobody","delta":"from nowhere"}}`,
		`{"method":"turn/completed","params":{}}`, `{"method":"error","params":{"error":"odd","willRetry":true}}`,
		`{"id":999,"result":{}}`, `{"id":"odd","result":{}}`, `{"method":"thread/tokenUsage/updated","params":{"tokenUsage":5}}`,
	} {
		f.line([]byte(s))
	}
	return f.say(ctx, []string{"still ", "here"}, 0)
}

// live prints over time; the beginning is told at the end only.
func (f *fake) live(_ context.Context, _ string) error {
	id := f.id("call")
	item := object{"type": "commandExecution", "id": id, "command": "make", "cwd": "/", "status": "inProgress"}
	f.item("item/started", item)
	for _, piece := range []string{"two\n", "three\n"} {
		f.turnNotify("item/commandExecution/outputDelta", object{"itemId": id, "delta": piece})
	}
	item["status"], item["aggregatedOutput"], item["exitCode"] = "failed", "one\ntwo\nthree\n", 2
	f.item("item/completed", item)
	return nil
}

// withdraw takes its request back before it is answered.
func (f *fake) withdraw(ctx context.Context, _ string) error {
	number := f.ask(methodCommand, f.named(object{"itemId": "call_1", "command": "touch x"}))
	f.turnNotify("serverRequest/resolved", object{"requestId": number})
	return f.say(ctx, []string{"went on"}, 0)
}

// strange asks what Parley cannot know, and what it does not do.
func (f *fake) strange(ctx context.Context, method string) error {
	return f.say(ctx, []string{string(f.result(ctx, f.ask(method, f.named(object{"tool": "x"}))))}, 0)
}

// shell starts a process that lives on in a session of its own, as the program's shells do.
func shell(f *fake, ctx context.Context, _ string) error {
	cmd := exec.Command("sleep", "600")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	return f.say(ctx, []string{strconv.Itoa(cmd.Process.Pid)}, 0)
}

// modelError is a request to the model that fails for good.
func (f *fake) modelError(_ context.Context, rest string) error {
	status, _ := strconv.Atoi(rest)
	problem := object{"message": "unexpected status " + rest, "codexErrorInfo": object{"httpConnectionFailed": object{"httpStatusCode": status}}}
	f.turnNotify("error", object{"error": problem, "willRetry": false})
	return fmt.Errorf("%w: unexpected status %s", errFailed, rest)
}

// retry is a request that is cut off and made again.
func (f *fake) retry(ctx context.Context, _ string) error {
	id := f.id("msg")
	f.item("item/started", object{"type": "agentMessage", "id": id, "text": ""})
	f.turnNotify("item/agentMessage/delta", object{"itemId": id, "delta": "half an ans"})
	problem := object{"message": "Reconnecting... 1/5", "additionalDetails": "stream disconnected", "codexErrorInfo": "other"}
	f.turnNotify("error", object{"error": problem, "willRetry": true})
	return f.say(ctx, []string{"whole"}, 0)
}

// join waits for a message into the turn, which cuts off what is being said.
func (f *fake) join(ctx context.Context, rest string) error {
	f.mu.Lock()
	t := f.turn
	f.mu.Unlock()
	id := f.id("msg")
	f.item("item/started", object{"type": "agentMessage", "id": id, "text": ""})
	f.turnNotify("item/agentMessage/delta", object{"itemId": id, "delta": "waiting"})
	select {
	case s := <-t.steers:
		if rest == "lost" {
			return nil
		}
		item := object{"type": "userMessage", "id": f.id("user"), "clientId": s.ClientID, "content": s.Input}
		f.item("item/started", item)
		f.item("item/completed", item)
		return f.say(ctx, []string{"joined"}, 0)
	case <-ctx.Done():
		return errAborted
	}
}

// future is what a later version may say.
func (f *fake) future(ctx context.Context, _ string) error {
	f.turnNotify("item/hologram/delta", object{"itemId": "h1", "delta": "x"})
	f.item("item/started", object{"type": "hologram", "id": "h1"})
	f.item("item/completed", object{"type": "hologram", "id": "h1", "shape": "cube"})
	return f.say(ctx, []string{"and text"}, 0)
}

// child lets a subagent work, which still does when the turn is over.
func (f *fake) child(ctx context.Context, rest string) error {
	spawn := object{"type": "collabAgentToolCall", "id": f.id("call"), "tool": "spawnAgent", "status": "inProgress", "prompt": "help"}
	f.item("item/started", spawn)
	spawn["status"], spawn["receiverThreadIds"], spawn["agentsStates"] = "completed", []string{"kid"}, object{"kid": object{"status": "running"}}
	f.item("item/completed", spawn)
	kid := func(method string, params object) {
		params["threadId"], params["turnId"] = "kid", "kid-turn"
		f.notify(method, params)
	}
	kid("turn/started", object{"turn": object{"id": "kid-turn"}})
	kid("item/completed", object{"item": object{"type": "userMessage", "id": "u", "clientId": nil}})
	kid("item/completed", object{"item": object{"type": "agentMessage", "id": "m", "text": "from below"}})
	number := f.ask(methodCommand, object{"threadId": "kid", "turnId": "kid-turn", "itemId": "kid-call", "command": "rm x"})
	if rest == "waits" {
		answer := f.result(ctx, number)
		if answer == nil {
			return errAborted
		}
		kid("turn/completed", object{"turn": object{"id": "kid-turn", "status": "completed"}})
		return f.say(ctx, []string{string(answer)}, 0)
	}
	f.mu.Lock()
	answers := f.answers[number]
	f.mu.Unlock()
	go func() {
		answer := <-answers
		_ = os.WriteFile(rest, answer, 0o600)
	}()
	return f.say(ctx, []string{"outer"}, 0)
}
