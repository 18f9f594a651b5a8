package opencode

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// fakeActs are what a line of a message makes the stand-in do.
var fakeActs = map[string]func(t *fakeTurn, rest string) error{
	"say":     func(t *fakeTurn, rest string) error { return t.text("text", strings.SplitAfter(rest, " "), 0) },
	"think":   func(t *fakeTurn, rest string) error { return t.text("reasoning", strings.SplitAfter(rest, " "), 0) },
	"forever": func(t *fakeTurn, _ string) error { return t.text("text", many(100_000), 20*time.Millisecond) },
	"burst": func(t *fakeTurn, rest string) error {
		n, _ := strconv.Atoi(rest)
		return t.text("text", many(n), 0)
	},
	"permission":  func(t *fakeTurn, rest string) error { return t.use(1, rest) },
	"permissions": func(t *fakeTurn, rest string) error { return t.use(2, rest) },
	"question": func(t *fakeTurn, _ string) error {
		return t.questions(`[{"question":"Color?","header":"C","options":[{"label":"Red"},{"label":"Blue","description":"b"}]}]`)
	},
	"questions": func(t *fakeTurn, _ string) error { return t.questions(twoQuestions) },
	"empty":     func(t *fakeTurn, _ string) error { return t.questions(`[]`) },
	"crash":     fakeCrash,
	"garbage":   fakeGarbage,
	"flood":     fakeFlood,
	"shell":     fakeShell,
	"subagent":  fakeSubagent,
	"cut":       fakeCut,
	"cutask":    fakeCutAsk,
	"gone":      fakeGone,
	"retry":     fakeRetry,
	"apierror": func(_ *fakeTurn, rest string) error {
		status, _ := strconv.Atoi(rest)
		return &fakeFault{status}
	},
	"late":    func(t *fakeTurn, _ string) error { t.late = true; return nil },
	"prompt":  func(t *fakeTurn, _ string) error { return t.text("text", []string{string(t.session.Prompt)}, 0) },
	"rules":   func(t *fakeTurn, _ string) error { return t.show(t.session.Permission) },
	"title":   func(t *fakeTurn, _ string) error { return t.show(t.session.Title) },
	"streams": func(t *fakeTurn, _ string) error { return t.show(len(t.streams)) },
	"args":    func(t *fakeTurn, _ string) error { return t.show(os.Args) },
	"env": func(t *fakeTurn, rest string) error {
		return t.text("text", []string{rest + "=" + os.Getenv(rest)}, 0)
	},
	"withdraw": func(t *fakeTurn, _ string) error {
		r := t.ask("permission", bash("touch x"))
		t.resolve(r.about["id"].(string), []byte(`{}`))
		return t.text("text", []string{"went on"}, 0)
	},
	"unknown": func(t *fakeTurn, _ string) error {
		t.say(t.session, "session.from.the.future", object{"x": 1})
		t.say(t.session, "session.diff", object{"diff": []int{}})
		t.part(t.message, object{"id": t.id("prt"), "type": "hologram"})
		return nil
	},
	"todo": func(t *fakeTurn, _ string) error {
		t.say(t.session, "todo.updated", object{"todos": []object{{"content": "one", "status": "completed"}, {"content": "two", "status": "pending"}}})
		return nil
	},
	"compact": func(t *fakeTurn, _ string) error {
		t.set(t.message, object{"summary": true})
		t.tell(t.message)
		if err := t.text("text", []string{"for the model only"}, 0); err != nil {
			return err
		}
		t.say(t.session, "session.compacted", object{})
		t.step()
		return nil
	},
}

const twoQuestions = `[{"question":"Color?","header":"C","options":[{"label":"Red"},{"label":"Blue"}],"multiple":true},` +
	`{"question":"Size?","header":"S","options":[{"label":"S"},{"label":"L"}]}]`

// acts plays the message's last text, a line at a time.
func (t *fakeTurn) acts() error {
	script := t.texts[len(t.texts)-1]
	for _, text := range t.texts {
		if strings.HasPrefix(text, "text:") {
			script = text
		}
	}
	for line := range strings.Lines(strings.TrimPrefix(script, "text:")) {
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		act := fakeActs[verb]
		if act == nil {
			return t.text("text", []string{"what?"}, 0)
		}
		if err := act(t, rest); err != nil {
			return err
		}
	}
	return nil
}

func (t *fakeTurn) show(v any) error {
	text, _ := json.Marshal(v)
	return t.text("text", []string{string(text)}, 0)
}

func many(n int) []string {
	pieces := make([]string, n)
	for i := range pieces {
		pieces[i] = "tick" + strconv.Itoa(i) + " "
	}
	return pieces
}

func bash(command string) object {
	first, _, _ := strings.Cut(command, " ")
	return object{
		"permission": "bash", "patterns": []string{command}, "metadata": object{"command": command}, "always": []string{first + " *"},
		"tool": object{"messageID": "m", "callID": "c"},
	}
}

// use asks for n permissions at once, and shows the answers as the tools' results.
func (t *fakeTurn) use(n int, command string) error {
	if command == "" {
		command = "touch x"
	}
	tools, asked := make([]object, n), make([]*fakeRequest, n)
	for i := range tools {
		tools[i] = t.call("bash", object{"command": command})
		asked[i] = t.ask("permission", bash(command))
		t.running(tools[i])
	}
	for i := range tools {
		answer, err := t.wait(asked[i])
		if err != nil {
			return err
		}
		if strings.Contains(answer, "reject") {
			t.result(tools[i], object{"status": "error", "error": answer})
		} else {
			t.result(tools[i], object{"output": answer, "metadata": object{"exit": 0}})
		}
	}
	t.step()
	return t.text("text", []string{"done"}, 0)
}

func (t *fakeTurn) questions(questions string) error {
	tool := t.call("question", object{"questions": json.RawMessage(questions)})
	r := t.ask("question", object{"questions": json.RawMessage(questions)})
	t.running(tool)
	answer, err := t.wait(r)
	if err != nil {
		return err
	}
	t.result(tool, object{"output": answer})
	t.step()
	return t.text("text", []string{"done"}, 0)
}

// fakeCrash dies after it has begun to speak.
func fakeCrash(t *fakeTurn, rest string) error {
	p := object{"id": t.id("prt"), "type": "text", "text": "", "time": object{"start": 1}}
	t.part(t.message, p)
	t.delta(p, "last words")
	t.keep(t.session)
	t.flushed()
	fmt.Fprintln(os.Stderr, "fatal: out of luck")
	if rest == "killed" {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
	os.Exit(3)
	return nil
}

// flushed waits until what was said has been written to all who follow.
func (f *fake) flushed() {
	f.mu.Lock()
	var all []*fakeStream
	for stream := range f.streams {
		all = append(all, stream)
	}
	f.mu.Unlock()
	for _, stream := range all {
		stream.unwritten.Wait()
	}
}

func fakeGarbage(t *fakeTurn, _ string) error {
	id := t.session.ID
	for _, s := range []string{
		"not json", "{", `{"type":`, `{}`, `{"type":""}`, `[1,2,3]`, `{"type":"brand.new","properties":{"sessionID":"` + id + `"}}`,
		`{"type":"message.updated","properties":{"sessionID":"` + id + `"}}`, `{"type":"message.updated","properties":{"sessionID":"` + id + `","info":"odd"}}`,
		`{"type":"message.part.updated","properties":{"sessionID":"` + id + `","part":{"id":7,"type":[]}}}`,
		`{"type":"message.part.delta","properties":{"sessionID":"` + id + `","partID":"nobody","field":"text","delta":"x"}}`,
		`{"type":"session.status","properties":{"sessionID":"` + id + `","status":"odd"}}`, `{"type":"session.created","properties":{"info":5}}`,
		`{"type":"permission.replied","properties":{"sessionID":"` + id + `","requestID":"nobody"}}`, `{"type":"todo.updated","properties":{"sessionID":"` + id + `","todos":[1]}}`,
		"\xff\xfe",
	} {
		t.send(t.session.Directory, []byte(s))
	}
	return t.text("text", []string{"still ", "here"}, 0)
}

func fakeFlood(t *fakeTurn, _ string) error {
	tool := t.call("bash", object{"command": "yes"})
	t.running(tool)
	t.result(tool, object{"output": strings.Repeat("0123456789abcdef", 10<<16)})
	return t.text("text", []string{"that was it"}, 0)
}

// fakeShell starts a process that lives on in a session of its own.
func fakeShell(t *fakeTurn, _ string) error {
	cmd := exec.Command("sleep", "600")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	return t.text("text", []string{strconv.Itoa(cmd.Process.Pid)}, 0)
}

// fakeSubagent lets another session work, which asks for a permission.
func fakeSubagent(t *fakeTurn, _ string) error {
	child := &fakeSession{ID: t.id("ses"), ParentID: t.session.ID, Directory: t.session.Directory}
	tool := t.call("task", object{"prompt": "do it"})
	t.running(tool)
	t.fake.add(child)
	tool["state"] = object{"status": "running", "input": object{"prompt": "do it"}, "metadata": object{"sessionId": child.ID}}
	t.running(tool)
	below := &fakeTurn{fake: t.fake, ctx: t.ctx, session: child, user: t.id("msg")}
	below.begin()
	if err := below.use(1, "touch below"); err != nil {
		return err
	}
	below.end(nil)
	t.result(tool, object{"output": "below is done", "metadata": object{"sessionId": child.ID}})
	t.step()
	return t.text("text", []string{"above is done"}, 0)
}

// fakeCut ends the streams in the middle of a text, and says more of it, and a whole other one, before anybody can
// follow again.
func fakeCut(t *fakeTurn, _ string) error {
	p := object{"id": t.id("prt"), "type": "text", "text": "", "time": object{"start": 1}}
	t.part(t.message, p)
	t.delta(p, "one ")
	t.flushed()
	again := t.cut()
	t.delta(p, "two ")
	tool := t.call("bash", object{"command": "true"})
	t.result(tool, object{"output": "unheard"})
	<-again
	t.delta(p, "three ")
	p["text"], p["time"] = "one two three four", object{"start": 1, "end": 2}
	t.part(t.message, p)
	return t.text("text", []string{"and ", "so on"}, 0)
}

// fakeCutAsk asks while nobody hears it, and takes back what was asked before.
func fakeCutAsk(t *fakeTurn, _ string) error {
	first := t.ask("permission", bash("touch first"))
	t.flushed()
	t.cut()
	t.resolve(first.about["id"].(string), []byte(`{}`))
	return t.use(1, "touch unheard")
}

// fakeGone ends the turn while nobody hears it.
func fakeGone(t *fakeTurn, _ string) error {
	t.flushed()
	t.cut()
	return t.text("text", []string{"unheard ", "words"}, 0)
}

// fakeRetry repeats a model request that fails, N times.
func fakeRetry(t *fakeTurn, rest string) error {
	n, _ := strconv.Atoi(rest)
	for attempt := 1; attempt <= n; attempt++ {
		p := object{"id": t.id("prt"), "type": "text", "text": "", "time": object{"start": 1}}
		t.part(t.message, p)
		t.delta(p, "half an ans")
		t.status(object{"type": "retry", "attempt": attempt, "message": "overloaded", "next": 1795291488761 + attempt})
		select {
		case <-time.After(20 * time.Millisecond):
		case <-t.ctx.Done():
			return errAborted
		}
	}
	t.status(object{"type": "busy"})
	return t.text("text", []string{"recovered"}, 0)
}
