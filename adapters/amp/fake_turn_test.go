package amp

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// acts are what a line of a message makes the stand-in do; they say what the agent says at last, or which error ends the turn.
var acts = map[string]func(f *fake, rest string) (text, failure string){
	"say":   func(_ *fake, rest string) (string, string) { return rest, "" },
	"think": func(f *fake, rest string) (string, string) { f.think(rest); return "thought", "" },
	"tool":  func(f *fake, rest string) (string, string) { f.tool(rest, rest+" ran", false); return "done", "" },
	"fails": func(f *fake, rest string) (string, string) { f.tool(rest, "no luck", true); return "done", "" },
	"print": func(f *fake, rest string) (string, string) {
		n, _ := strconv.Atoi(rest)
		f.tool("print", strings.Repeat("0123456789abcdef", n/16), false)
		return "done", ""
	},
	"flood": func(*fake, string) (string, string) { return strings.Repeat("0123456789abcdef", 11<<16), "" },
	"env":   func(_ *fake, rest string) (string, string) { return rest + "=" + os.Getenv(rest), "" },
	"args":  func(*fake, string) (string, string) { return strings.Join(os.Args[1:], " "), "" },
	"file": func(f *fake, flag string) (string, string) {
		content, err := os.ReadFile(f.flags[flag])
		if err != nil {
			return err.Error(), ""
		}
		return string(content), ""
	},
	"ask": func(*fake, string) (string, string) {
		return "", "The following tools require user approval, which is not supported in stream JSON mode: shell_command"
	},
	"error":   func(_ *fake, rest string) (string, string) { return "", rest },
	"forever": forever,
	"crash":   crash,
	"garbage": garbage,
	"shell":   shell,
	"turns": func(f *fake, _ string) (string, string) {
		f.line(object{"type": "result", "subtype": "error_max_turns", "is_error": true, "error": "Too many turns", "num_turns": 9,
			"usage": object{"input_tokens": 100, "output_tokens": 7}, "permission_denials": []string{"shell_command"}})
		os.Exit(0)
		return "", ""
	},
	"lingers": func(f *fake, _ string) (string, string) {
		f.assistant("end_turn", textContent("said")...)
		f.finish("said", "")
		hang()
		return "", ""
	},
}

// act carries out the last text of a message; with "content" it says what came before.
func (f *fake) act(texts []string) int {
	script := texts[len(texts)-1]
	if script == "content" {
		script = "say " + strings.ReplaceAll(strings.Join(texts[:len(texts)-1], "|"), "\n", " ")
	}
	text, failure := "what?", ""
	for line := range strings.Lines(script) {
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if act := acts[verb]; act != nil && failure == "" {
			text, failure = act(f, rest)
		}
	}
	if failure == "" {
		f.assistant("end_turn", textContent(text)...)
	}
	f.finish(text, failure)
	return 0
}

func (f *fake) think(text string) {
	f.assistant("tool_use", object{"type": "thinking", "thinking": text}, object{"type": "redacted_thinking", "data": "xyz"})
}

// tool calls a tool, which prints something.
func (f *fake) tool(command, output string, isError bool) {
	id := f.id("toolu")
	f.assistant("tool_use", object{"type": "tool_use", "id": id, "name": "shell_command", "input": object{"command": command}})
	f.line(object{"type": "user", "parent_tool_use_id": nil, "message": object{"role": "user", "content": []object{
		{"type": "tool_result", "tool_use_id": id, "content": output, "is_error": isError},
	}}})
}

func forever(f *fake, _ string) (string, string) {
	for i := 0; ; i++ {
		f.assistant("tool_use", textContent(fmt.Sprint("tick", i))...)
		time.Sleep(20 * time.Millisecond)
	}
}

// crash dies after it has said something.
func crash(f *fake, rest string) (string, string) {
	f.assistant("tool_use", textContent("last words")...)
	fmt.Fprintln(os.Stderr, "out of luck")
	if rest == "killed" {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		hang()
	}
	os.Exit(3)
	return "", ""
}

func garbage(f *fake, _ string) (string, string) {
	for _, s := range []string{
		"npm warn something", "{", `{"type":`, `{}`, `{"type":""}`, `{"type":"brand_new","x":[1]}`, `{"type":"system","mcp_servers":"odd"}`,
		`{"type":"assistant","message":"odd"}`, `{"type":"user","message":{"content":[1,2]}}`, `{"type":"assistant"}`, `{"type":"user"}`,
		`{"type":"assistant","message":{"id":7,"content":{"type":"text"}}}`, "[1,2,3]", "\xff\xfe\x00",
		`{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"nobody","content":7}]}}`,
		`{"type":"assistant","parent_tool_use_id":"nobody","message":{"content":[{"type":"tool_use"},{"type":"hologram","x":1},{}]}}`,
	} {
		f.print([]byte(s))
	}
	return "still here", ""
}

// shell starts a process that lives on in a session of its own.
func shell(*fake, string) (string, string) {
	cmd := exec.Command("sleep", "600")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	return strconv.Itoa(cmd.Process.Pid), ""
}
