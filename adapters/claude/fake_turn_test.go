package claude

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

// errOver ends the stand-in in mid-turn; errAborted is an interrupt.
var (
	errAborted = errors.New("aborted")
	errExit    = errors.New("exit")
)

func (f *fake) turn(m fakeMessage) (code int, over bool) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	f.mu.Lock()
	f.cancel = cancel
	f.mu.Unlock()
	f.line(map[string]any{"type": "command_lifecycle", "command_uuid": m.uuid, "state": "started"})
	f.line(map[string]any{"type": "system", "subtype": "init", "session_id": f.session, "model": "fake-model", "permissionMode": f.mode})
	f.keep()
	result := map[string]any{
		"type": "result", "subtype": "success", "is_error": false, "num_turns": 1, "terminal_reason": "completed",
		"session_id": f.session, "user_message_uuid": m.uuid,
		"usage":      map[string]any{"input_tokens": 10, "output_tokens": 5},
		"modelUsage": map[string]any{"fake-model": map[string]any{"contextWindow": 1000}},
	}
	f.cost += 0.25
	result["total_cost_usd"] = f.cost
	err := f.play(ctx, m.text, result)
	switch {
	case errors.Is(err, errExit):
		return 3, true
	case errors.Is(err, errAborted):
		f.line(map[string]any{"type": "user", "message": map[string]any{"role": "user", "content": []any{
			map[string]any{"type": "text", "text": "[Request interrupted by user]"},
		}}})
		result["subtype"], result["is_error"], result["terminal_reason"] = "error_during_execution", true, "aborted_streaming"
	}
	f.line(result)
	f.line(map[string]any{"type": "command_lifecycle", "command_uuid": m.uuid, "state": "completed"})
	return 0, false
}

// acts are what a line of a message makes the stand-in do.
var acts = map[string]func(f *fake, ctx context.Context, rest string, result map[string]any) error{
	"say": func(f *fake, ctx context.Context, rest string, _ map[string]any) error {
		return f.say(ctx, strings.SplitAfter(rest, " "), 0)
	},
	"forever": func(f *fake, ctx context.Context, _ string, _ map[string]any) error {
		return f.say(ctx, many(100_000), 20*time.Millisecond)
	},
	"permission":  func(f *fake, ctx context.Context, _ string, _ map[string]any) error { return f.use(ctx, 1) },
	"permissions": func(f *fake, ctx context.Context, _ string, _ map[string]any) error { return f.use(ctx, 2) },
	"question":    askColor,
	"questions":   askTwo,
	"plan":        askForPlan,
	"crash":       crash,
	"garbage":     garbage,
	"burst": func(f *fake, ctx context.Context, rest string, _ map[string]any) error {
		n, _ := strconv.Atoi(rest)
		return f.say(ctx, many(n), 0)
	},
	"flood": func(f *fake, ctx context.Context, _ string, _ map[string]any) error {
		return f.whole(strings.Repeat("0123456789abcdef", 10<<16))
	},
	"whole": func(f *fake, _ context.Context, rest string, _ map[string]any) error { return f.whole(rest) },
	"args": func(f *fake, ctx context.Context, _ string, _ map[string]any) error {
		return f.say(ctx, []string{strings.Join(f.args, " ")}, 0)
	},
	"env": func(f *fake, ctx context.Context, rest string, _ map[string]any) error {
		return f.say(ctx, []string{rest + "=" + os.Getenv(rest)}, 0)
	},
	"shell": shell,
	"endless": func(f *fake, _ context.Context, _ string, result map[string]any) error {
		result["result"] = strings.Repeat("0123456789abcdef", 17<<16)
		return f.whole("the result repeats it")
	},
	"withdraw": func(f *fake, ctx context.Context, _ string, _ map[string]any) error {
		id, tool := f.id("req"), f.call("Bash", `{"command":"touch x"}`)
		f.canUse(id, tool, "Bash", `{"command":"touch x"}`)
		f.line(map[string]any{"type": "control_cancel_request", "request_id": id})
		f.result(tool, "withdrawn", true)
		return f.say(ctx, []string{"went on"}, 0)
	},
	"strange": func(f *fake, ctx context.Context, _ string, _ map[string]any) error {
		id := f.expect(f.id("req"))
		f.line(map[string]any{"type": "control_request", "request_id": id, "request": map[string]any{"subtype": "from_the_future"}})
		return f.say(ctx, []string{string(f.answer(ctx, id))}, 0)
	},
	"apierror": func(f *fake, _ context.Context, rest string, result map[string]any) error {
		status, _ := strconv.Atoi(rest)
		f.line(map[string]any{"type": "assistant", "is_api_error_message": true, "error": "server_error", "api_error_status": status,
			"message": map[string]any{"id": f.id("msg"), "model": "<synthetic>", "content": textContent("API Error: " + rest)}})
		result["is_error"], result["terminal_reason"], result["result"] = true, "api_error", "API Error: "+rest
		return nil
	},
}

func (f *fake) play(ctx context.Context, text string, result map[string]any) error {
	parts := strings.Split(text, "\x00")
	script := strings.TrimPrefix(parts[len(parts)-1], "text:")
	if strings.HasPrefix(script, "content") {
		return f.say(ctx, []string{strings.Join(parts[:len(parts)-1], "|")}, 0)
	}
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

func textContent(s string) []any { return []any{map[string]any{"type": "text", "text": s}} }

func (f *fake) event(fields map[string]any) {
	f.line(map[string]any{"type": "stream_event", "event": fields, "session_id": f.session, "parent_tool_use_id": nil})
}

// say streams a text.
func (f *fake) say(ctx context.Context, pieces []string, pause time.Duration) error {
	id := f.id("msg")
	f.event(map[string]any{"type": "message_start", "message": map[string]any{"id": id}})
	f.event(map[string]any{"type": "content_block_start", "index": 0, "content_block": map[string]any{"type": "text", "text": ""}})
	said, err := f.stream(ctx, pieces, pause)
	f.line(map[string]any{"type": "assistant", "aborted": err != nil, "message": map[string]any{"id": id, "content": textContent(said)}})
	f.event(map[string]any{"type": "content_block_stop", "index": 0})
	f.event(map[string]any{"type": "message_stop"})
	return err
}

func (f *fake) stream(ctx context.Context, pieces []string, pause time.Duration) (said string, err error) {
	var all strings.Builder
	for _, piece := range pieces {
		if ctx.Err() != nil {
			return all.String(), errAborted
		}
		all.WriteString(piece)
		// By hand: the stand-in is to be faster than what it tests.
		raw := append(strconv.AppendQuote([]byte(`{"type":"stream_event","event":{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":`), piece),
			`}},"session_id":"s","parent_tool_use_id":null,"uuid":"841ac83c-c133-4262-8041-bdc132845ba6"}`...)
		if strings.ContainsFunc(piece, func(r rune) bool { return r < ' ' || r > '~' }) {
			f.event(map[string]any{"type": "content_block_delta", "index": 0, "delta": map[string]any{"type": "text_delta", "text": piece}})
		} else {
			f.print(raw)
		}
		if pause > 0 {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
			}
		}
	}
	return all.String(), nil
}

// whole says a text without streaming it, as the program does after a cut.
func (f *fake) whole(text string) error {
	f.line(map[string]any{"type": "assistant", "message": map[string]any{"id": f.id("msg"), "content": textContent(text)}})
	return nil
}

// call prints a tool call and gives its id.
func (f *fake) call(name, input string) string {
	id, tool := f.id("msg"), f.id("toolu")
	block := map[string]any{"type": "tool_use", "id": tool, "name": name, "input": json.RawMessage(input)}
	f.event(map[string]any{"type": "message_start", "message": map[string]any{"id": id}})
	f.event(map[string]any{"type": "content_block_start", "index": 0, "content_block": map[string]any{"type": "tool_use", "id": tool, "name": name, "input": struct{}{}}})
	f.event(map[string]any{"type": "content_block_delta", "index": 0, "delta": map[string]any{"type": "input_json_delta", "partial_json": input}})
	f.line(map[string]any{"type": "assistant", "message": map[string]any{"id": id, "content": []any{block}}})
	f.event(map[string]any{"type": "content_block_stop", "index": 0})
	f.event(map[string]any{"type": "message_stop"})
	return tool
}

func (f *fake) result(tool, content string, isError bool) {
	f.line(map[string]any{"type": "user", "message": map[string]any{"role": "user", "content": []any{
		map[string]any{"type": "tool_result", "tool_use_id": tool, "content": content, "is_error": isError},
	}}})
}

func (f *fake) canUse(id, tool, name, input string) {
	f.expect(id)
	f.line(map[string]any{"type": "control_request", "request_id": id, "request": map[string]any{
		"subtype": "can_use_tool", "tool_name": name, "input": json.RawMessage(input), "tool_use_id": tool,
		"permission_suggestions": []any{
			map[string]any{"type": "setMode", "mode": "acceptEdits", "destination": "session"},
			map[string]any{"type": "addRules", "behavior": "allow", "destination": "localSettings", "rules": []any{map[string]any{"toolName": name, "ruleContent": "touch *"}}},
		},
	}})
}

// expect prepares for the answer to a request that is sent next.
func (f *fake) expect(id string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[id] = make(chan json.RawMessage, 1)
	return id
}

// answer waits for the answer to a request; it is empty after an interrupt.
func (f *fake) answer(ctx context.Context, id string) json.RawMessage {
	f.mu.Lock()
	answer := f.answers[id]
	f.mu.Unlock()
	select {
	case a := <-answer:
		if len(a) == 0 {
			return json.RawMessage(`"refused"`)
		}
		return a
	case <-ctx.Done():
		f.line(map[string]any{"type": "control_cancel_request", "request_id": id})
		return nil
	}
}

// use asks for n permissions at once, and shows the answers as the tools' results.
func (f *fake) use(ctx context.Context, n int) error {
	const input = `{"command":"touch x"}`
	tools, ids := make([]string, n), make([]string, n)
	for i := range tools {
		tools[i], ids[i] = f.call("Bash", input), f.id("req")
		f.canUse(ids[i], tools[i], "Bash", input)
	}
	for i := range tools {
		answer := f.answer(ctx, ids[i])
		if answer == nil {
			return errAborted
		}
		f.result(tools[i], string(answer), strings.Contains(string(answer), `"deny"`))
	}
	return f.say(ctx, []string{"done"}, 0)
}

// asks shows the answer to a tool that asks the user.
func (f *fake) asks(ctx context.Context, name, input string) error {
	tool, id := f.call(name, input), f.id("req")
	f.canUse(id, tool, name, input)
	answer := f.answer(ctx, id)
	if answer == nil {
		return errAborted
	}
	f.result(tool, string(answer), strings.Contains(string(answer), `"deny"`))
	return f.say(ctx, []string{"done"}, 0)
}

func askColor(f *fake, ctx context.Context, _ string, _ map[string]any) error {
	return f.asks(ctx, "AskUserQuestion", `{"questions":[{"question":"Color?","header":"C","options":[{"label":"Red","description":"r"},{"label":"Blue","description":"b"}],"multiSelect":false}]}`)
}

func askTwo(f *fake, ctx context.Context, _ string, _ map[string]any) error {
	return f.asks(ctx, "AskUserQuestion", `{"questions":[{"question":"Color?","header":"C","options":[{"label":"Red","description":"r"},{"label":"Blue, light","description":"b"}],"multiSelect":true},{"question":"Size?","header":"S","options":[{"label":"S","description":""},{"label":"L","description":""}],"multiSelect":false}]}`)
}

func askForPlan(f *fake, ctx context.Context, _ string, _ map[string]any) error {
	return f.asks(ctx, "ExitPlanMode", `{"plan":"# The plan"}`)
}

// crash dies after it has begun to speak.
func crash(f *fake, _ context.Context, rest string, _ map[string]any) error {
	f.event(map[string]any{"type": "message_start", "message": map[string]any{"id": f.id("msg")}})
	f.event(map[string]any{"type": "content_block_start", "index": 0, "content_block": map[string]any{"type": "text", "text": ""}})
	f.event(map[string]any{"type": "content_block_delta", "index": 0, "delta": map[string]any{"type": "text_delta", "text": "last words"}})
	fmt.Fprintln(os.Stderr, "fatal: out of luck")
	if rest == "killed" {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		hang()
	}
	return errExit
}

func garbage(f *fake, ctx context.Context, _ string, _ map[string]any) error {
	for _, s := range []string{
		"npm warn something", "{", `{"type":`, `{}`, `{"type":""}`, `{"type":"brand_new","x":[1]}`, `{"type":"system","subtype":"brand_new","content":{"a":1}}`,
		`{"type":"stream_event"}`, `{"type":"stream_event","event":"odd"}`, `{"type":"assistant","message":"odd"}`, `{"type":"user","message":{"content":[1,2]}}`,
		`{"type":"assistant","message":{"id":7,"content":{"type":"text"}}}`, `{"type":"control_request","request_id":5,"request":"odd"}`,
		"[1,2,3]", "\xff\xfe\x00", `{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"nobody","content":7}]}}`,
	} {
		f.print([]byte(s))
	}
	return f.say(ctx, []string{"still ", "here"}, 0)
}

// shell starts a process that lives on in a session of its own, as the program's shells do.
func shell(f *fake, ctx context.Context, _ string, _ map[string]any) error {
	cmd := exec.Command("sleep", "600")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	return f.say(ctx, []string{strconv.Itoa(cmd.Process.Pid)}, 0)
}
