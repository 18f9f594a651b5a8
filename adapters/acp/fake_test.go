package acp

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The stand-in is this test binary, started as an agent: it speaks the protocol as it was recorded, and what it does stands in the
// message that it gets, one act a line (see acts). How it behaves at its start is in its environment.
const (
	fakeVariable  = "PARLEY_TEST_FAKE_ACP"   // raw: be this stand-in; sdk: be the one made of the official SDK
	stateVariable = "PARLEY_TEST_FAKE_STATE" // the directory that sessions are kept in
	startVariable = "PARLEY_TEST_FAKE_START" // words, see fakeMain and the handlers of requests
	fakeVersion   = "9.9.9"
)

// fake is a stand-in at work.
type fake struct {
	prompted json.RawMessage // the last prompt

	out     *bufio.Writer
	outMu   sync.Mutex
	session string
	mode    string
	model   string
	logged  bool
	cost    float64
	servers json.RawMessage

	mu      sync.Mutex
	cancel  context.CancelFunc // of the running turn
	answers map[string]chan json.RawMessage
	replay  []string // what is still to be played back
	count   int
}

// fakeMessage is any line.
type fakeMessage struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  json.RawMessage `json:"error"`
}

func starts(how string) bool {
	for word := range strings.FieldsSeq(os.Getenv(startVariable)) {
		if word == how {
			return true
		}
	}
	return false
}

func fakeMain() int {
	f := &fake{out: bufio.NewWriterSize(os.Stdout, 1<<16), mode: "default", model: "small", answers: map[string]chan json.RawMessage{}}
	switch {
	case starts("hang"):
		hang()
	case starts("broken"):
		fmt.Fprintln(os.Stderr, "warming up\nno such luck")
		return 7
	case starts("deaf"):
		signal.Ignore(syscall.SIGTERM)
	case starts("chatty"): // talks, but does not answer
		f.print([]byte("npm warn something"))
		hang()
	}
	f.read(os.Stdin)
	if starts("deaf") {
		hang()
	}
	return 0
}

func (f *fake) read(in io.Reader) {
	lines := bufio.NewReaderSize(in, 1<<16)
	for {
		raw, err := lines.ReadBytes('\n')
		if len(raw) > 0 {
			f.input(raw)
		}
		if err != nil {
			return
		}
	}
}

func (f *fake) input(raw []byte) {
	var m fakeMessage
	if err := json.Unmarshal(raw, &m); err != nil || !strings.Contains(string(raw), `"jsonrpc":"2.0"`) {
		fmt.Fprintln(os.Stderr, "bad input:", err)
		os.Exit(1)
	}
	if m.Method == "" {
		f.mu.Lock()
		answer := f.answers[string(m.ID)]
		f.mu.Unlock()
		if m.Result == nil {
			m.Result = m.Error
		}
		if answer != nil {
			answer <- m.Result
		}
		return
	}
	handle := handlers[m.Method]
	if handle == nil {
		f.refuse(m.ID, -32601, "Method not found: "+m.Method)
		return
	}
	f.playBack()
	handle(f, m.ID, m.Params)
}

var handlers = map[string]func(f *fake, id, params json.RawMessage){
	"initialize":                (*fake).initialize,
	"authenticate":              (*fake).authenticate,
	"session/new":               (*fake).newSession,
	"session/load":              (*fake).load,
	"session/resume":            (*fake).load,
	"session/set_mode":          (*fake).setMode,
	"session/set_model":         (*fake).setModel,
	"session/prompt":            (*fake).prompt,
	"session/cancel":            (*fake).cancelTurn,
	"session/set_config_option": (*fake).setOption,
}

func (f *fake) initialize(id, params json.RawMessage) {
	var p struct {
		ProtocolVersion    int
		ClientCapabilities struct {
			FS          struct{ ReadTextFile, WriteTextFile bool }
			Terminal    bool
			Elicitation struct{ Form *struct{} }
		}
	}
	c := &p.ClientCapabilities
	if err := json.Unmarshal(params, &p); err != nil || p.ProtocolVersion != 1 || c.FS.ReadTextFile || c.FS.WriteTextFile || c.Terminal || c.Elicitation.Form == nil {
		f.refuse(id, -32602, "odd client: "+string(params))
		return
	}
	version := 1
	if starts("v2") {
		version = 2
	}
	f.reply(id, object{
		"protocolVersion": version,
		"agentInfo":       object{"name": "fake", "title": "Fake", "version": fakeVersion},
		"agentCapabilities": object{
			"loadSession":         !starts("noload") && !starts("resume"),
			"promptCapabilities":  object{"image": !starts("blind")},
			"mcpCapabilities":     object{"http": starts("http"), "sse": false},
			"sessionCapabilities": map[bool]object{true: {"resume": object{}}, false: {}}[starts("resume")],
		},
		"authMethods": []object{
			{"id": "browser", "name": "Log in with a browser"},
			{"id": "key", "name": "A key", "type": "env_var", "vars": []object{{"name": "FAKE_KEY"}}},
		},
	})
}

func (f *fake) authenticate(id, params json.RawMessage) {
	if os.Getenv("FAKE_KEY") == "wrong" {
		f.refuse(id, -32000, "the key is wrong")
		return
	}
	f.logged = strings.Contains(string(params), `"key"`)
	f.reply(id, object{})
}

// settings are the session's modes and models, as methods or as options.
func (f *fake) settings() object {
	modes := []object{{"id": "default", "name": "Default"}, {"id": "plan", "name": "Plan"}, {"id": "autoEdit", "name": "Auto Edit"}, {"id": "yolo", "name": "YOLO"}, {"id": "pirate", "name": "Pirate", "description": "Arr"}}
	switch {
	case starts("bare"):
		return object{}
	case starts("options"):
		values := []object{}
		for _, m := range modes {
			values = append(values, object{"value": m["id"], "name": m["name"]})
		}
		return object{"configOptions": []object{
			{"id": "m", "category": "mode", "type": "select", "currentValue": f.mode, "options": values},
			{"id": "model", "category": "model", "type": "select", "currentValue": f.model, "options": []object{
				{"group": "g", "name": "Group", "options": []object{{"value": "small", "name": "Small"}, {"value": "large", "name": "Large"}}},
			}},
			{"id": "effort", "category": "thought_level", "type": "select", "currentValue": "low", "options": []object{
				{"value": "low", "name": "Low"}, {"value": "high", "name": "High"},
			}},
			{"id": "fast", "category": "x", "type": "boolean", "currentValue": true},
		}}
	}
	return object{
		"modes":  object{"currentModeId": f.mode, "availableModes": modes},
		"models": object{"currentModelId": f.model, "availableModels": []object{{"modelId": "small", "name": "Small"}, {"modelId": "large", "name": "Large"}}},
	}
}

func (f *fake) newSession(id, params json.RawMessage) {
	if starts("login") && !f.logged {
		f.refuse(id, -32000, "Authentication required")
		return
	}
	f.remember(params)
	f.session = f.id("ses")
	f.cost = 0
	result := f.settings()
	result["sessionId"] = f.session
	f.reply(id, result)
	f.update(object{"sessionUpdate": "available_commands_update", "availableCommands": []object{}})
}

func (f *fake) remember(params json.RawMessage) {
	var p struct {
		Cwd        string
		MCPServers json.RawMessage
	}
	if err := json.Unmarshal(params, &p); err != nil || !filepath.IsAbs(p.Cwd) || len(p.MCPServers) == 0 || p.MCPServers[0] != '[' {
		panic("odd session: " + string(params))
	}
	f.servers = p.MCPServers
}

func (f *fake) file(session string) string { return filepath.Join(os.Getenv(stateVariable), session) }

// load plays back what was said: before it answers, or after it, as Gemini CLI does.
func (f *fake) load(id, params json.RawMessage) {
	var p struct{ SessionID string }
	_ = json.Unmarshal(params, &p)
	content, err := os.ReadFile(f.file(p.SessionID))
	if err != nil || starts("forgetful") {
		f.refuse(id, -32002, "Resource not found: "+p.SessionID)
		return
	}
	f.remember(params)
	f.session = p.SessionID
	f.cost = 0.25 * float64(strings.Count(string(content), "\n"))
	f.replay = strings.Split(strings.TrimSpace(string(content)), "\n")
	if !starts("late") && !starts("resume") {
		f.playBack()
	}
	if starts("resume") {
		f.replay = nil
	}
	f.reply(id, f.settings())
	f.playBack()
}

func (f *fake) playBack() {
	for _, said := range f.replay {
		f.update(object{"sessionUpdate": "user_message_chunk", "content": object{"type": "text", "text": said}})
		f.update(object{"sessionUpdate": "agent_message_chunk", "content": object{"type": "text", "text": "I said once: " + said}})
		f.update(object{"sessionUpdate": "tool_call", "toolCallId": "old", "title": "old", "status": "completed"})
	}
	f.replay = nil
}

func (f *fake) setMode(id, params json.RawMessage) {
	var p struct{ ModeID string }
	_ = json.Unmarshal(params, &p)
	f.mode = p.ModeID
	f.update(object{"sessionUpdate": "current_mode_update", "currentModeId": f.mode})
	f.reply(id, object{})
}

func (f *fake) setModel(id, params json.RawMessage) {
	var p struct{ ModelID string }
	_ = json.Unmarshal(params, &p)
	if p.ModelID == "no-such-model" {
		f.refuse(id, -32602, "unknown model")
		return
	}
	f.model = p.ModelID
	f.reply(id, nil)
}

func (f *fake) setOption(id, params json.RawMessage) {
	var p struct{ ConfigID, Value string }
	_ = json.Unmarshal(params, &p)
	switch p.ConfigID {
	case "m":
		f.mode = p.Value
	case "model":
		f.model = p.Value
	}
	f.reply(id, f.settings())
}

func (f *fake) cancelTurn(_, _ json.RawMessage) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cancel != nil && !starts("stubborn") {
		f.cancel()
	}
}

func (f *fake) reply(id json.RawMessage, result any) {
	f.line(object{"jsonrpc": "2.0", "id": id, "result": result})
}

func (f *fake) refuse(id json.RawMessage, code int, message string) {
	f.line(object{"jsonrpc": "2.0", "id": id, "error": object{"code": code, "message": message}})
}

func (f *fake) update(fields object) {
	f.line(object{"jsonrpc": "2.0", "method": "session/update", "params": object{"sessionId": f.session, "update": fields}})
}

// line prints one line.
func (f *fake) line(fields object) {
	raw, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	f.print(raw)
}

func (f *fake) print(raw []byte) {
	f.outMu.Lock()
	defer f.outMu.Unlock()
	_, _ = f.out.Write(append(raw, '\n'))
	_ = f.out.Flush()
}

// id is unique, also after a restart.
func (f *fake) id(prefix string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	return fmt.Sprintf("%s_%d_%d", prefix, os.Getpid(), f.count)
}

// hang waits for ever. A select without cases would end a program that has nothing else to wait for.
func hang() { <-time.After(24 * time.Hour) }
