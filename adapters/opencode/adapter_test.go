package opencode

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

func TestInfo(t *testing.T) {
	a := New(fakeConfig(t))
	info := a.Info(t.Context())
	if info.ID != "opencode" || !info.Installed || info.Version != fakeVersion || info.Path == "" || !info.AnyMode {
		t.Errorf("got %+v", info.AgentInfo)
	}
	if info.Takes != (adapters.Takes{Model: true, Variant: true, AgentVersion: true, Directory: true, MCP: true, Skills: true, ClientTools: true}) {
		t.Errorf("takes %+v", info.Takes)
	}
	if info.ServerStatus != (openapi.AgentServerStatus{Status: openapi.AgentServerStateStopped}) {
		t.Errorf("got %+v", info.ServerStatus)
	}
	flags := reflect.ValueOf(info.Capabilities)
	for i := range flags.NumField() {
		if name := flags.Type().Field(i).Name; flags.Field(i).Bool() == (name == "Steering") {
			t.Errorf("capability %s is %t", name, flags.Field(i).Bool())
		}
	}
	empty := New(Config{DataDir: t.TempDir(), Env: []string{"PATH="}})
	if got := empty.Info(t.Context()); got.Installed || got.Path != "" || got.Version != "" {
		t.Errorf("nothing is installed, got %+v", got.AgentInfo)
	}
	if _, err := empty.Open(t.Context(), adapters.Options{}); !errors.Is(err, adapters.ErrNotInstalled) {
		t.Errorf("got %v", err)
	}
	if _, err := empty.Models(t.Context()); !errors.Is(err, adapters.ErrNotInstalled) {
		t.Errorf("got %v", err)
	}
}

// The modes are those of every OpenCode until those that there are have been listed.
func TestModels(t *testing.T) {
	a := New(fakeConfig(t))
	if got := modeIDs(a); got != "build plan custom" {
		t.Errorf("got %s", got)
	}
	for range 2 {
		list, err := a.Models(t.Context())
		if err != nil || list.DefaultModel != "fake/large" || len(list.Models) != 2 || !slices.Equal(list.Models[0].Variants, []string{"high", "low"}) {
			t.Errorf("got %+v, %v", list, err)
		}
		list.Models[0].ID = "spoilt"
	}
	if got := modeIDs(a); got != "build plan reviewer" {
		t.Errorf("got %s", got)
	}
	if info := a.Info(t.Context()); info.DefaultModel != "fake/large" || info.ServerStatus.Status != openapi.AgentServerStateStopped {
		t.Errorf("got %+v", info)
	}
	if _, err := New(fakeConfig(t, start("broken"))).Models(t.Context()); err == nil {
		t.Error("no error from a program that does not start")
	}
}

// What is remembered is bounded, and the same is kept once.
func TestCatalogs(t *testing.T) {
	a := New(Config{DataDir: t.TempDir(), Env: []string{}})
	main := a.remember(place{program: "p"}, &catalog{windows: map[string]int64{"m": 1}})
	for i := range 3 * maxPlaces {
		at := place{"p", fmt.Sprint(i)}
		if got := a.remember(at, &catalog{windows: map[string]int64{"m": 1}}); got != main || a.known(at) != main {
			t.Fatal("the same is kept twice")
		}
	}
	if len(a.catalogs) > maxPlaces || a.known(place{program: "p"}) != main {
		t.Errorf("%d are remembered", len(a.catalogs))
	}
}

func modeIDs(a *Adapter) string {
	var ids []string
	for _, m := range a.Info(context.Background()).Modes {
		ids = append(ids, m.ID)
	}
	return strings.Join(ids, " ")
}

func TestDefaultModel(t *testing.T) {
	var p providers
	p.Default = map[string]string{"b": "x", "a": "y"}
	p.Providers = append(p.Providers, struct {
		ID     string                 `json:"id"`
		Name   string                 `json:"name"`
		Models map[string]listedModel `json:"models"`
	}{ID: "b"}, struct {
		ID     string                 `json:"id"`
		Name   string                 `json:"name"`
		Models map[string]listedModel `json:"models"`
	}{ID: "a"})
	for want, config := range map[string]configured{
		"m/n": {Model: "m/n"}, "b/x": {}, "a/y": {Provider: map[string]any{"a": nil}}, "": {Provider: map[string]any{"z": nil}},
	} {
		if got := p.defaultModel(config); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPrepare(t *testing.T) {
	a := New(fakeConfig(t))
	dir := t.TempDir()
	for _, c := range []struct {
		options adapters.Options
		refused string
	}{
		{adapters.Options{AgentVersion: fakeVersion, Variant: "odd"}, ""},
		{adapters.Options{AgentMode: "plan", PermissionMode: "bypass"}, ""},
		{adapters.Options{AgentVersion: "1.1.1"}, "agentVersion"},
		{adapters.Options{Model: "fake/small", AgentMode: "reviewer"}, ""},
		{adapters.Options{Model: "fake/none"}, "model"},
		{adapters.Options{Model: "small"}, "model"},
		{adapters.Options{Model: "small/"}, "model"},
		{adapters.Options{AgentMode: "nobody"}, "agentMode"},
		{adapters.Options{AgentMode: "general"}, "agentMode"},
		{adapters.Options{AgentMode: "title"}, "agentMode"},
		{adapters.Options{Skills: openapi.Skills{Sources: []openapi.SkillSource{{Type: "local", Source: "/nowhere"}}}}, "skills"},
	} {
		c.options.Directory = dir
		o, err := a.Prepare(t.Context(), c.options)
		var refused *adapters.OptionError
		switch {
		case c.refused == "" && (err != nil || o.Variant != c.options.Variant):
			t.Errorf("%+v: got %+v, %v", c.options, o, err)
		case c.refused != "" && (!errors.As(err, &refused) || refused.Option != c.refused):
			t.Errorf("%+v: got %v", c.options, err)
		}
	}
	if found := left(t); len(found) > 0 {
		t.Errorf("left: %q", found)
	}
}

// A program that cannot be asked refuses nothing: the first turn tells what is wrong with it.
func TestPrepareWithoutAnAnswer(t *testing.T) {
	for _, mode := range []string{"broken", "badconfig"} {
		if _, err := New(fakeConfig(t, start(mode))).Prepare(t.Context(), adapters.Options{Model: "any/thing"}); err != nil {
			t.Errorf("%s: %v", mode, err)
		}
	}
}

// What a session asks for and does not get is said once.
func TestRemarks(t *testing.T) {
	mcp := map[string]openapi.MCPServer{"good": {Type: "remote", URL: "u"}, "bad": {Type: "remote", URL: "u"}, "gone": {Type: "remote", URL: "u"}}
	r := run(t, New(fakeConfig(t)), adapters.Options{Variant: "odd", MCP: mcp})
	got := statuses(r.says("prompt", openapi.TurnStatusCompleted))
	want := "variant: unknown and not used: odd; known for fake/large: high, low\nmcp: not connected: bad: no such luck; gone: unknown"
	if got != want {
		t.Errorf("got %q", got)
	}
	if got := statuses(r.says("prompt", openapi.TurnStatusCompleted)); got != "" {
		t.Errorf("told again: %q", got)
	}
}

func TestPrompt(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{Model: "fake/vendor/model", AgentMode: "reviewer"})
	got := messages(r.says("prompt", openapi.TurnStatusCompleted))
	contains(t, got, `"agent":"reviewer"`, `"model":{"providerID":"fake","modelID":"vendor/model"}`, `"parts":[{"type":"text","text":"prompt"}]`)
	if strings.Contains(got, "variant") {
		t.Errorf("got %q", got)
	}
	other := run(t, r.adapter, adapters.Options{Variant: "high"})
	got = messages(other.says("prompt", openapi.TurnStatusCompleted))
	contains(t, got, `"agent":"build"`, `"variant":"high"`)
	if strings.Contains(got, "providerID") {
		t.Errorf("got %q", got)
	}
}

func TestFiles(t *testing.T) {
	r := run(t, New(fakeConfig(t)), adapters.Options{})
	dir := r.agent.directory
	for name, content := range map[string]string{"a.png": "png", "b.go": "package b", "c.pdf": "%PDF", "d.bin": "\x00\x01", "e f.txt": "", "g.jpg": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Truncate(filepath.Join(dir, "g.jpg"), 5<<20); err != nil {
		t.Fatal(err)
	}
	r.agent.catalog = &catalog{}
	prompt := func(message string, paths ...string) string {
		in := adapters.Input{Message: message, Text: message + " with a list"}
		for _, p := range paths {
			in.Attachments = append(in.Attachments, openapi.Attachment{Path: p})
		}
		return strings.ReplaceAll(fmt.Sprint(r.agent.prompt("msg_1", in, "").Parts), dir, "DIR")
	}
	for _, c := range []struct{ got, want string }{
		{prompt("look", "a.png", filepath.Join(dir, "b.go")), "[{text look} {file image/png a.png file://DIR/a.png} {file text/plain b.go file://DIR/b.go}]"},
		{prompt("look", "c.pdf", "e f.txt", dir), "[{text look} {file application/pdf c.pdf file://DIR/c.pdf} {file text/plain e f.txt file://DIR/e%20f.txt} {file application/x-directory " + filepath.Base(dir) + " file://DIR}]"},
		{prompt("look", "a.png", "d.bin"), "[{text look with a list} {file image/png a.png file://DIR/a.png}]"},
		{prompt("look", "missing.txt"), "[{text look with a list}]"},
		{prompt("look", "g.jpg"), "[{text look with a list}]"},
		{prompt("", "a.png"), "[{text  with a list} {file image/png a.png file://DIR/a.png}]"},
	} {
		if c.got != c.want {
			t.Errorf("got  %s\nwant %s", c.got, c.want)
		}
	}
	in := adapters.Input{Message: "x", Text: "y", Attachments: []openapi.Attachment{{Path: "d.bin", Mime: "image/WEBP; q=1", Filename: "shown.webp"}}}
	if got := fmt.Sprint(r.agent.prompt("m", in, "before").Parts); !strings.Contains(got, "[{text before} {text x} {file image/webp shown.webp") {
		t.Errorf("got %s", got)
	}
}

func TestBinaries(t *testing.T) {
	fast, slow := binaries(true), binaries(false)
	if fast[0] != "node_modules/opencode-{platform}/bin/opencode{exe}" || slow[0] != "node_modules/opencode-{platform}-baseline/bin/opencode{exe}" {
		t.Errorf("got %q and %q", fast, slow)
	}
	if slices.Sort(fast); !slices.Equal(fast, func() []string { slices.Sort(slow); return slow }()) {
		t.Error("one of them knows more programs")
	}
	if runtime.GOARCH != "amd64" && fastProcessor() {
		t.Error("another processor has no such instructions")
	}
}

// An id of ours stands between those that the program makes before and after it.
func TestMessageIDs(t *testing.T) {
	const recorded = "msg_1ffb5dea6001LyrHPFqOuVpbsN" // made by the program at that time:
	at := time.UnixMilli(1795291471526)
	before, now, after := newMessageID(at.Add(-time.Millisecond)), newMessageID(at), newMessageID(at.Add(time.Millisecond))
	if len(now) != len(recorded) || now[:16] != recorded[:16] || before >= recorded || recorded >= after {
		t.Errorf("got %s, %s, %s", before, now, after)
	}
}
