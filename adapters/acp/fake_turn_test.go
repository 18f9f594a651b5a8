package acp

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
)

// errAborted is an interrupt; errRefused ends a turn by an error that was sent already.
var (
	errAborted = errors.New("aborted")
	errRefused = errors.New("refused")
)

func (f *fake) prompt(id, params json.RawMessage) {
	ctx, cancel := context.WithCancel(context.Background())
	f.mu.Lock()
	f.cancel = cancel
	f.mu.Unlock()
	var p struct {
		SessionID string
		Prompt    []block
	}
	_ = json.Unmarshal(params, &p)
	var asked struct{ Prompt json.RawMessage }
	_ = json.Unmarshal(params, &asked)
	f.prompted = asked.Prompt
	if p.SessionID != f.session {
		f.refuse(id, -32602, "no such session: "+p.SessionID)
		return
	}
	f.cost += 0.25
	go func() {
		defer cancel()
		result := object{"stopReason": "end_turn", "usage": object{"inputTokens": 10, "outputTokens": 5, "totalTokens": 15}}
		err := f.play(ctx, id, p.Prompt, result)
		f.keep(p.Prompt)
		if errors.Is(err, errRefused) {
			return
		}
		if errors.Is(err, errAborted) {
			result["stopReason"] = "cancelled"
		}
		f.update(object{"sessionUpdate": "usage_update", "used": 15, "size": 1000, "cost": object{"amount": f.cost, "currency": "USD"}})
		f.reply(id, result)
	}()
}

// keep makes the session known to later processes.
func (f *fake) keep(prompt []block) {
	file, err := os.OpenFile(f.file(f.session), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	fmt.Fprintf(file, "%q\n", prompt[len(prompt)-1].Text)
}

type act func(f *fake, ctx context.Context, rest string, result object) error

// acts are what a line of a message makes the stand-in do.
var acts = map[string]act{
	"say": func(f *fake, ctx context.Context, rest string, _ object) error {
		return f.say(ctx, strings.SplitAfter(rest, " "), 0)
	},
	"think": func(f *fake, _ context.Context, rest string, _ object) error {
		f.chunk("agent_thought_chunk", f.id("thought"), rest)
		return nil
	},
	"forever": func(f *fake, ctx context.Context, _ string, _ object) error {
		return f.say(ctx, many(100_000), 20*time.Millisecond)
	},
	"burst": func(f *fake, ctx context.Context, rest string, _ object) error {
		n, _ := strconv.Atoi(rest)
		return f.say(ctx, many(n), 0)
	},
	"flood": func(f *fake, ctx context.Context, _ string, _ object) error {
		return f.say(ctx, []string{strings.Repeat("0123456789abcdef", 10<<16)}, 0)
	},
	"floodtool": func(f *fake, _ context.Context, _ string, _ object) error {
		f.finishCall(f.call("execute", object{"command": "cat"}), "completed", strings.Repeat("0123456789abcdef", 10<<16))
		return nil
	},
	"permission":  func(f *fake, ctx context.Context, rest string, _ object) error { return f.use(ctx, 1, rest) },
	"permissions": func(f *fake, ctx context.Context, rest string, _ object) error { return f.use(ctx, 2, rest) },
	"question":    func(f *fake, ctx context.Context, _ string, _ object) error { return f.asks(ctx, colorForm) },
	"questions":   func(f *fake, ctx context.Context, _ string, _ object) error { return f.asks(ctx, twoForm) },
	"form":        func(f *fake, ctx context.Context, rest string, _ object) error { return f.asks(ctx, rest) },
	"crash":       crash,
	"garbage":     garbage,
	"shell":       shell,
	"withdraw":    withdraw,
	"future":      future,
	"edit":        edit,
	"silent": func(f *fake, _ context.Context, _ string, _ object) error {
		f.update(object{"sessionUpdate": "tool_call_update", "toolCallId": f.id("call"), "status": "completed", "title": "never announced", "kind": "read",
			"locations": []object{{"path": "/x/y.txt"}}})
		return nil
	},
	"plan": func(f *fake, _ context.Context, _ string, _ object) error {
		f.update(object{"sessionUpdate": "plan", "entries": []object{
			{"content": "one", "status": "completed", "priority": "high"}, {"content": "two", "status": "in_progress"}, {"content": "three", "status": "pending"},
		}})
		return nil
	},
	"mode": func(f *fake, _ context.Context, rest string, _ object) error {
		f.mode = rest
		f.update(object{"sessionUpdate": "current_mode_update", "currentModeId": rest})
		return nil
	},
	"modetext": func(f *fake, _ context.Context, rest string, _ object) error {
		f.chunk("agent_message_chunk", "", "[MODE_UPDATE] "+rest)
		return nil
	},
	"stop": func(_ *fake, _ context.Context, rest string, result object) error {
		result["stopReason"] = rest
		return nil
	},
	"fail": func(f *fake, _ context.Context, rest string, result object) error {
		code, message, _ := strings.Cut(rest, " ")
		n, _ := strconv.Atoi(code)
		f.refuse(result["id"].(json.RawMessage), n, message)
		return errRefused
	},
	"show": func(f *fake, ctx context.Context, rest string, _ object) error {
		return f.say(ctx, []string{f.about(rest)}, 0)
	},
	"late": func(f *fake, ctx context.Context, _ string, _ object) error { // news of a call of the turn before
		f.update(object{"sessionUpdate": "tool_call_update", "toolCallId": "latecall", "status": "completed"})
		return f.say(ctx, []string{"done"}, 0)
	},
	"leave": func(f *fake, _ context.Context, _ string, _ object) error {
		f.update(object{"sessionUpdate": "tool_call", "toolCallId": "latecall", "title": "goes on", "status": "in_progress", "kind": "execute"})
		return nil
	},
}

// about tells of the stand-in itself.
func (f *fake) about(what string) string {
	name, arg, _ := strings.Cut(what, " ")
	switch name {
	case "args":
		return strings.Join(os.Args[1:], " ")
	case "env":
		return arg + "=" + os.Getenv(arg)
	case "mode":
		return f.mode
	case "model":
		return f.model
	case "servers":
		return string(f.servers)
	case "session":
		return f.session
	}
	return "what?"
}

func (f *fake) play(ctx context.Context, id json.RawMessage, prompt []block, result object) error {
	if prompt[0].Text == "content" || prompt[len(prompt)-1].Text == "content" {
		return f.say(ctx, []string{string(f.prompted)}, 0)
	}
	script := prompt[len(prompt)-1].Text
	result["id"] = id
	defer delete(result, "id")
	for line := range strings.Lines(script) {
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		act := acts[verb]
		if act == nil {
			return f.say(ctx, []string{"what?"}, 0)
		}
		if err := act(f, ctx, rest, result); err != nil {
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

func (f *fake) chunk(kind, message, text string) {
	fields := object{"sessionUpdate": kind, "content": object{"type": "text", "text": text}}
	if message != "" {
		fields["messageId"] = message
	}
	f.update(fields)
}

// say streams a text.
func (f *fake) say(ctx context.Context, pieces []string, pause time.Duration) error {
	message := f.id("msg")
	for _, piece := range pieces {
		if ctx.Err() != nil {
			return errAborted
		}
		f.chunk("agent_message_chunk", message, piece)
		if pause > 0 {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
			}
		}
	}
	return nil
}

// call announces a tool call and gives its id. The input follows, as with most agents.
func (f *fake) call(kind string, input object) string {
	id := f.id("call")
	f.update(object{"sessionUpdate": "tool_call", "toolCallId": id, "title": "Preparing", "kind": kind, "status": "pending", "rawInput": object{}})
	f.update(object{"sessionUpdate": "tool_call_update", "toolCallId": id, "title": fmt.Sprint(input["command"]), "rawInput": input})
	return id
}

func (f *fake) finishCall(id, status, output string) {
	f.update(object{"sessionUpdate": "tool_call_update", "toolCallId": id, "status": status,
		"content": []object{{"type": "content", "content": object{"type": "text", "text": output}}}})
}

// ask sends a request and gives its id.
func (f *fake) ask(method string, params object) json.RawMessage {
	id, _ := json.Marshal(f.id("req"))
	f.mu.Lock()
	f.answers[string(id)] = make(chan json.RawMessage, 1)
	f.mu.Unlock()
	params["sessionId"] = f.session
	f.line(object{"jsonrpc": "2.0", "id": json.RawMessage(id), "method": method, "params": params})
	return id
}

// answer waits for the answer to a request, which comes after an interrupt too.
func (f *fake) answer(id json.RawMessage) json.RawMessage {
	f.mu.Lock()
	answer := f.answers[string(id)]
	f.mu.Unlock()
	return <-answer
}

// use asks for n permissions at once, and shows the answers as the tools' results.
func (f *fake) use(ctx context.Context, n int, offered string) error {
	if offered == "" {
		offered = "allow_always allow_once reject_once"
	}
	var options []object
	for i, kind := range strings.Fields(offered) {
		options = append(options, object{"optionId": fmt.Sprintf("%s-%d", kind, i), "name": strings.ReplaceAll(kind, "_", " "), "kind": kind})
	}
	calls, ids := make([]string, n), make([]json.RawMessage, n)
	for i := range calls {
		calls[i] = f.call("execute", object{"command": "touch x"})
		ids[i] = f.ask("session/request_permission", object{"options": options,
			"toolCall": object{"toolCallId": calls[i], "title": "touch x", "kind": "execute", "status": "pending", "rawInput": object{"command": "touch x"}}})
	}
	for i := range calls {
		answer := f.answer(ids[i])
		if ctx.Err() != nil {
			return errAborted
		}
		status := "completed"
		if !strings.Contains(string(answer), "allow") {
			status = "failed"
		}
		f.finishCall(calls[i], status, string(answer))
	}
	return f.say(ctx, []string{"done"}, 0)
}

const (
	colorForm = `{"type":"object","properties":{"color":{"type":"string","title":"Color","oneOf":[{"const":"red","title":"Red","description":"r"},{"const":"blue","title":"Blue","description":"b"}]},"color_other":{"type":"string","title":"Other"}}}`
	twoForm   = `{"type":"object","properties":{"z_colors":{"type":"array","title":"C","description":"Which colors?","items":{"anyOf":[{"const":"red","title":"Red"},{"const":"blue","title":"Blue, light"}]}},"a_size":{"type":"string","title":"S","description":"Which size?","enum":["S","L"]}}}`
)

// asks shows the answer to a form.
func (f *fake) asks(ctx context.Context, schema string) error {
	id := f.ask("elicitation/create", object{"mode": "form", "message": "Please tell.", "requestedSchema": json.RawMessage(schema)})
	answer := f.answer(id)
	if ctx.Err() != nil {
		return errAborted
	}
	return f.say(ctx, []string{string(answer)}, 0)
}

// crash dies after it has begun to speak.
func crash(f *fake, _ context.Context, rest string, _ object) error {
	f.call("execute", object{"command": "rm"})
	f.chunk("agent_message_chunk", "", "last words")
	fmt.Fprintln(os.Stderr, "fatal: out of luck")
	if rest == "killed" {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		hang()
	}
	os.Exit(3)
	return nil
}

// withdraw takes a permission request back.
func withdraw(f *fake, ctx context.Context, _ string, _ object) error {
	id := f.ask("session/request_permission", object{"options": []object{}, "toolCall": object{"toolCallId": "w", "title": "touch x"}})
	f.line(object{"jsonrpc": "2.0", "method": "$/cancel_request", "params": object{"requestId": id}})
	return f.say(ctx, []string{"went on: " + string(f.answer(id))}, 0)
}

// future does what a later version may do.
func future(f *fake, ctx context.Context, _ string, _ object) error {
	for range 3 {
		f.update(object{"sessionUpdate": "brand_new_update", "x": 1})
		f.line(object{"jsonrpc": "2.0", "method": "brand/new", "params": object{}})
		f.line(object{"jsonrpc": "2.0", "method": "_vendor/own", "params": object{}})
	}
	id := f.ask("fs/write_text_file", object{"path": "/tmp/x", "content": "x"})
	return f.say(ctx, []string{string(f.answer(id))}, 0)
}

// edit changes two files: a new one, and one that it asks for as Gemini CLI does, without announcing the call.
func edit(f *fake, ctx context.Context, _ string, _ object) error {
	id := f.id("call")
	change := object{"type": "diff", "path": "/w/f.txt", "oldText": "alpha\nbeta\n", "newText": "alpha\ngamma\n"}
	answer := f.answer(f.ask("session/request_permission", object{
		"options":  []object{{"optionId": "yes", "kind": "allow_once", "name": "Allow"}, {"optionId": "no", "kind": "reject_once", "name": "Reject"}},
		"toolCall": object{"toolCallId": id, "status": "pending", "title": "f.txt: beta => gamma", "kind": "edit", "content": []object{change}, "locations": []object{{"path": "/w/f.txt"}}},
	}))
	if !strings.Contains(string(answer), "yes") { // and says no more of it
		return f.say(ctx, []string{"not edited"}, 0)
	}
	f.update(object{"sessionUpdate": "tool_call_update", "toolCallId": id, "status": "completed", "content": []object{change}})
	f.update(object{"sessionUpdate": "tool_call", "toolCallId": f.id("call"), "name": "Write", "status": "completed", "kind": "edit", "title": "Write new.txt",
		"content": []object{{"type": "diff", "path": "/w/new.txt", "oldText": nil, "newText": "hello"}}})
	return nil
}

func garbage(f *fake, ctx context.Context, _ string, _ object) error {
	for _, s := range []string{
		"npm warn something", "{", `{"jsonrpc":`, `{}`, `{"jsonrpc":"2.0"}`, "[1,2,3]", "\xff\xfe\x00", `{"jsonrpc":"2.0","id":"nobody","result":{}}`,
		`{"jsonrpc":"2.0","method":"session/update"}`, `{"jsonrpc":"2.0","method":"session/update","params":7}`,
		`{"jsonrpc":"2.0","method":"session/update","params":{"update":{}}}`,
		`{"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"agent_message_chunk","content":[7]}}}`,
		`{"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"tool_call","toolCallId":7,"content":"x","locations":{}}}}`,
		`{"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"plan","entries":{"a":1}}}}`,
		`{"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"usage_update","cost":7}}}`,
		`{"jsonrpc":"2.0","method":"$/cancel_request","params":{"requestId":{"a":1}}}`,
		`{"jsonrpc":"2.0","id":{"a":1},"method":"terminal/create","params":[]}`,
	} {
		f.print([]byte(s))
	}
	return f.say(ctx, []string{"still ", "here"}, 0)
}

// shell starts a process that lives on in a session of its own, as agents' shells do.
func shell(f *fake, ctx context.Context, _ string, _ object) error {
	cmd := exec.Command("sleep", "600")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	return f.say(ctx, []string{strconv.Itoa(cmd.Process.Pid)}, 0)
}
