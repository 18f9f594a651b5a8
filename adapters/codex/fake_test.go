package codex

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/google/uuid"
)

// The stand-in is this test binary, started as Codex: it speaks the app server's protocol as it was recorded, and what it
// does stands in the message that it gets, one act a line (see acts). How it behaves at its start is in its environment.
const (
	fakeVariable  = "PARLEY_TEST_FAKE_CODEX" // set: be the stand-in
	startVariable = "PARLEY_TEST_FAKE_START" // hang, deaf, broken, refuse, busy, stubborn, hesitant
	authVariable  = "PARLEY_TEST_FAKE_AUTH"  // set: the provider wants a login
	fakeVersion   = "9.9.9"
)

type object = map[string]any

// fake is a stand-in at work.
type fake struct {
	out   *bufio.Writer
	outMu sync.Mutex
	mode  string // how it starts

	mu      sync.Mutex
	thread  string
	params  map[string]json.RawMessage // of the last request of each method
	key     string                     // that it was logged in with
	total   int64                      // tokens of the thread
	turn    *fakeTurn                  // that runs
	answers map[int]chan json.RawMessage
	asked   int
	resumes int // that were refused

	unloaded bool // the thread is known no more
}

type fakeTurn struct {
	id     string
	cancel context.CancelFunc
	early  chan struct{} // closed by an interrupt that came too early
	steers chan steerParams
}

// incoming is any message from Parley.
type incoming struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  json.RawMessage `json:"error"`
}

func fakeMain() int {
	if len(os.Args) > 1 && os.Args[1] == "--version" {
		fmt.Println("codex-cli " + fakeVersion)
		return 0
	}
	f := &fake{
		out: bufio.NewWriterSize(os.Stdout, 1<<16), mode: os.Getenv(startVariable),
		params: map[string]json.RawMessage{}, answers: map[int]chan json.RawMessage{},
	}
	switch f.mode {
	case "hang":
		hang()
	case "deaf":
		signal.Ignore(syscall.SIGTERM)
	case "broken":
		fmt.Fprintln(os.Stderr, "warming up\nno such luck")
		return 7
	}
	f.read(os.Stdin)
	if f.mode == "deaf" {
		hang()
	}
	return 0
}

// hang waits for ever. A select without cases would end a program that has nothing else to wait for.
func hang() { <-time.After(24 * time.Hour) }

func (f *fake) read(in io.Reader) {
	lines := bufio.NewReaderSize(in, 1<<16)
	for {
		raw, err := lines.ReadBytes('\n')
		var m incoming
		if len(raw) > 0 {
			if err := json.Unmarshal(raw, &m); err != nil {
				fmt.Fprintln(os.Stderr, "bad input:", err)
				os.Exit(1)
			}
			f.take(m, raw)
		}
		if err != nil {
			return
		}
	}
}

func (f *fake) take(m incoming, raw []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if m.Method == "" {
		var number int
		if json.Unmarshal(m.ID, &number) == nil && f.answers[number] != nil {
			f.answers[number] <- json.RawMessage(raw)
		}
		return
	}
	f.params[m.Method] = m.Params
	if handle := handlers[m.Method]; handle != nil {
		handle(f, m)
	} else if m.ID != nil {
		f.refuse(m, "unknown method "+m.Method)
	}
}

// handlers are called with mu held.
var handlers = map[string]func(f *fake, m incoming){
	"initialize": func(f *fake, m incoming) {
		f.reply(m, object{"userAgent": "stand-in", "codexHome": os.Getenv(homeDirVariable)})
	},
	"account/read": (*fake).account,
	"account/login/start": func(f *fake, m incoming) {
		var p loginParams
		_ = json.Unmarshal(m.Params, &p)
		f.key = p.APIKey
		f.reply(m, object{"type": "apiKey"})
	},
	"skills/extraRoots/set": func(f *fake, m incoming) { f.reply(m, object{}) },
	"model/list":            (*fake).models,
	"thread/start":          (*fake).startThread,
	"thread/resume":         (*fake).resumeThread,
	"turn/start":            (*fake).startTurn,
	"turn/interrupt":        (*fake).interrupt,
	"turn/steer":            (*fake).steer,
}

func (f *fake) account(m incoming) {
	var account any
	if f.key != "" {
		account = object{"type": "apiKey"}
	}
	f.reply(m, object{"account": account, "requiresOpenaiAuth": os.Getenv(authVariable) != ""})
}

// models come in two pages, the second of which has the first one's again.
func (f *fake) models(m incoming) {
	model := func(id string, efforts ...string) object {
		list := []object{}
		for _, e := range efforts {
			list = append(list, object{"reasoningEffort": e})
		}
		return object{"id": id, "displayName": "The " + id, "supportedReasoningEfforts": list, "defaultReasoningEffort": efforts[0]}
	}
	var p modelListParams
	_ = json.Unmarshal(m.Params, &p)
	if p.Cursor == "" {
		f.reply(m, object{"data": []object{model("fake-model", "low", "high")}, "nextCursor": "2"})
		return
	}
	f.reply(m, object{"data": []object{model("fake-model", "low"), model("other-model", "medium")}, "nextCursor": nil})
}

func (f *fake) threadFile(id string) string {
	return filepath.Join(os.Getenv(homeDirVariable), "sessions", id+".jsonl")
}

func (f *fake) startThread(m incoming) {
	if f.mode == "refuse" {
		f.refuse(m, "failed to load configuration: no such luck")
		return
	}
	f.thread = uuid.NewString()
	if err := os.MkdirAll(filepath.Dir(f.threadFile("")), 0o700); err != nil {
		panic(err)
	}
	if err := os.WriteFile(f.threadFile(f.thread), nil, 0o600); err != nil {
		panic(err)
	}
	f.answerThread(m)
	f.notify("configWarning", object{"summary": "it is only a stand-in", "details": nil})
}

func (f *fake) resumeThread(m incoming) {
	var p threadParams
	_ = json.Unmarshal(m.Params, &p)
	if _, err := os.Stat(f.threadFile(p.ThreadID)); err != nil {
		f.refuse(m, "no rollout found for thread id "+p.ThreadID)
		return
	}
	if f.mode == "busy" && f.resumes < 3 {
		f.resumes++
		f.refuse(m, "thread "+p.ThreadID+" already has an active writer")
		return
	}
	f.thread = p.ThreadID
	f.answerThread(m)
	// What was used before is told again.
	f.notify("thread/tokenUsage/updated", object{"threadId": f.thread, "turnId": "an earlier one", "tokenUsage": usageOf(7, 7)})
	f.total = 7
}

func (f *fake) answerThread(m incoming) {
	var p threadParams
	_ = json.Unmarshal(m.Params, &p)
	model := p.Model
	if model == "" {
		model = "fake-model"
	}
	f.reply(m, object{"thread": object{"id": f.thread}, "model": model, "reasoningEffort": nil})
}

// print writes one message.
func (f *fake) print(message any) {
	raw, err := json.Marshal(message)
	if err != nil {
		panic(err)
	}
	f.line(raw)
}

func (f *fake) line(raw []byte) {
	f.outMu.Lock()
	defer f.outMu.Unlock()
	_, _ = f.out.Write(append(raw, '\n'))
	_ = f.out.Flush()
}

func (f *fake) reply(m incoming, result object) { f.print(object{"id": m.ID, "result": result}) }

func (f *fake) refuse(m incoming, reason string) {
	f.print(object{"id": m.ID, "error": object{"code": -32600, "message": reason}})
}

func (f *fake) notify(method string, params object) {
	f.print(struct { // in the program's order
		Method  string `json:"method"`
		Params  object `json:"params"`
		Emitted int    `json:"emittedAtMs"`
	}{method, params, 1})
}

// ask sends a request of its own.
func (f *fake) ask(method string, params object) (number int) {
	f.mu.Lock()
	number = f.asked
	f.asked++
	f.answers[number] = make(chan json.RawMessage, 1)
	f.mu.Unlock()
	f.print(object{"method": method, "id": number, "params": params})
	return number
}
