package declared

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest/model"
	"github.com/parleyhq/parley/adapters/internal/provider"
	"github.com/parleyhq/parley/openapi"
)

// shelf is a library whose clock and log a test has in hand.
type shelf struct {
	*Library
	dir  string
	time time.Time
	log  bytes.Buffer
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{dir: t.TempDir(), time: time.Now()}
	if err := os.CopyFS(s.dir, os.DirFS("testdata/agents")); err != nil {
		t.Fatal(err)
	}
	return s.open(t)
}

func (s *shelf) open(t *testing.T) *shelf {
	t.Helper()
	l, err := New(Config{Dir: s.dir, Providers: provider.New(provider.Config{}), Log: slog.New(slog.NewTextHandler(&s.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if s.time.IsZero() {
		s.time = time.Now()
	}
	l.now = func() time.Time { return s.time }
	s.Library = l
	return s
}

// write changes a file, and lets the time go on until that is looked for.
func (s *shelf) write(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	s.time = s.time.Add(time.Minute)
}

func (s *shelf) has(t *testing.T, id string) bool {
	t.Helper()
	_, ok := s.Adapter(t.Context(), id)
	return ok
}

const tiny = "triggers: { go: {} }\nagent: { model: openai/m, system: system }\nhandlers:\n  go:\n    Respond: { block: next-message }\n"

func settings(slug string) openapi.AgentSettings {
	return openapi.AgentSettings{Slug: slug, Name: "Tiny", Format: "interactive"}
}

func request(slug string) openapi.AgentDefinitionRequest {
	return openapi.AgentDefinitionRequest{
		Settings: settings(slug), Protocol: tiny, Prompts: []openapi.AgentPrompt{{Name: "system", Content: "Be kind."}},
	}
}

func TestBrokenFolder(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	good := s.agent("desk")
	s.write(t, "desk/protocol.yaml", "agent: [")
	if got := s.agent("desk"); got != good {
		t.Error("the last good version is not in use")
	}
	s.time = s.time.Add(time.Hour)
	s.agent("desk")
	if n := strings.Count(s.log.String(), "protocol.yaml:1: "); n != 1 {
		t.Errorf("logged %d times:\n%s", n, s.log.String())
	}
	s.write(t, "desk/protocol.yaml", tiny)
	if got := s.agent("desk"); got == good || got == nil {
		t.Error("the new version is not in use")
	}
}

func TestFoldersComeAndGo(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.write(t, "tiny/settings.json", `{"slug":"tiny","name":"Tiny","format":"interactive"}`)
	s.write(t, "tiny/prompts/system.md", "Be kind.")
	if s.has(t, "tiny") {
		t.Error("half an agent")
	}
	s.write(t, "tiny/protocol.yaml", tiny)
	a, ok := s.Adapter(t.Context(), "tiny")
	if !ok || len(s.Adapters(t.Context())) != 2 {
		t.Fatal("no new agent")
	}
	s.write(t, "other/protocol.yaml", tiny)
	s.write(t, "other/prompts/system.md", "Be kind.")
	s.write(t, "other/settings.json", `{"slug":"tiny","name":"Tiny","format":"interactive"}`)
	if s.has(t, "other") || !strings.Contains(s.log.String(), "must be other") {
		t.Error("an agent under another's name")
	}
	if err := os.RemoveAll(filepath.Join(s.dir, "tiny")); err != nil {
		t.Fatal(err)
	}
	s.time = s.time.Add(time.Minute)
	if s.has(t, "tiny") {
		t.Error("an agent without a folder")
	}
	if info := a.Info(t.Context()); info.ID != "tiny" || info.DefaultModel != "openai/m" {
		t.Errorf("a session's adapter forgets: %+v", info)
	}
}

// TestLinksLeadNowhere: nothing outside of an agent's folder becomes a part of its definition.
func TestLinksLeadNowhere(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	outside := filepath.Join(t.TempDir(), "secret.md")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.write(t, "sly/protocol.yaml", tiny)
	s.write(t, "sly/settings.json", `{"slug":"sly","name":"Sly","format":"interactive"}`)
	if err := os.Mkdir(filepath.Join(s.dir, "sly/prompts"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(s.dir, "sly/prompts/system.md")); err != nil {
		t.Fatal(err)
	}
	s.time = s.time.Add(time.Minute)
	if s.has(t, "sly") {
		t.Error("read through a link")
	}
	if d, err := s.Definition(t.Context(), "sly"); err != nil || len(d.Prompts) > 0 {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestCreate(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	id, err := s.Create(t.Context(), request("tiny"))
	if err != nil || id != "tiny" || !s.has(t, "tiny") {
		t.Fatalf("%q, %v", id, err)
	}
	if _, err := s.Create(t.Context(), request("tiny")); !errors.Is(err, adapters.ErrDefinitionExists) {
		t.Error(err)
	}
	d, err := s.Definition(t.Context(), "tiny")
	if err != nil || d.Protocol != tiny || d.Settings != settings("tiny") || len(d.Prompts) != 1 || d.Prompts[0].Content != "Be kind." {
		t.Errorf("%+v, %v", d, err)
	}
	list, err := s.Definitions(t.Context())
	if err != nil || len(list) != 2 || list[1].Name != "Tiny" || list[1].ProjectID != projectID || list[1].Description != nil {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := time.Parse(time.RFC3339Nano, list[1].CreatedAt); err != nil {
		t.Error(err)
	}
	if again := (&shelf{dir: s.dir}).open(t); !again.has(t, "tiny") {
		t.Error("not on disk")
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	for name, c := range map[string]struct {
		change func(*openapi.AgentDefinitionRequest)
		want   string
	}{
		"a slug that leads out": {func(r *openapi.AgentDefinitionRequest) { r.Settings.Slug = "../out" }, "settings.json:4: "},
		"a hidden slug":         {func(r *openapi.AgentDefinitionRequest) { r.Settings.Slug = ".new-desk" }, "settings.json:4: "},
		"a prompt that leads out": {func(r *openapi.AgentDefinitionRequest) {
			r.Prompts = append(r.Prompts, openapi.AgentPrompt{Name: "../../out"})
		}, "prompts/../../out.md: "},
		"a prompt twice": {func(r *openapi.AgentDefinitionRequest) {
			r.Prompts = append(r.Prompts, openapi.AgentPrompt{Name: "system"})
		}, "prompts/system.md: is given twice"},
		"an unknown block": {func(r *openapi.AgentDefinitionRequest) {
			r.Protocol = strings.Replace(tiny, "next-message", "next-massage", 1)
		}, "protocol.yaml:5: "},
	} {
		r := request("tiny")
		c.change(&r)
		_, err := s.Create(t.Context(), r)
		var refused *adapters.DefinitionError
		if !errors.As(err, &refused) || refused.Report.Valid || !strings.HasPrefix(refused.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if report := s.Validate(t.Context(), r); report.Valid || len(report.Errors) == 0 ||
			report.Errors[0].Severity != openapi.AgentDefinitionFaultSeverityError {
			t.Errorf("%s: %+v", name, report)
		}
	}
	if entries, err := os.ReadDir(s.dir); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
	if report := s.Validate(t.Context(), request("tiny")); !report.Valid || len(report.Errors) > 0 {
		t.Errorf("%+v", report)
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.write(t, "desk/README.md", "Keep me.")
	before, _ := s.Definitions(t.Context())
	update := openapi.AgentDefinitionUpdate{Protocol: tiny, Prompts: []openapi.AgentPrompt{{Name: "system", Content: "Be brief."}}}
	if err := s.Update(t.Context(), "desk", update); err != nil {
		t.Fatal(err)
	}
	d, err := s.Definition(t.Context(), "desk")
	if err != nil || d.Protocol != tiny || len(d.Prompts) != 1 || d.Settings.Name != "Desk" {
		t.Errorf("%+v, %v", d, err)
	}
	if kept, err := os.ReadFile(filepath.Join(s.dir, "desk/README.md")); err != nil || string(kept) != "Keep me." {
		t.Errorf("%q, %v", kept, err)
	}
	after, _ := s.Definitions(t.Context())
	if after[0].CreatedAt != before[0].CreatedAt || after[0].UpdatedAt == before[0].UpdatedAt {
		t.Errorf("%+v, then %+v", before, after)
	}
	if err := s.Update(t.Context(), "../desk", update); !errors.Is(err, adapters.ErrNoDefinition) {
		t.Error(err)
	}
	var refused *adapters.DefinitionError
	if err := s.Update(t.Context(), "desk", openapi.AgentDefinitionUpdate{}); !errors.As(err, &refused) {
		t.Error(err)
	}
	if d, err := s.Definition(t.Context(), "desk"); err != nil || d.Protocol != tiny {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestRecovery: a server that was killed while it replaced a folder has one of the two afterwards.
func TestRecovery(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	for from, to := range map[string]string{"desk": oldPrefix + "desk"} {
		if err := os.Rename(filepath.Join(s.dir, from), filepath.Join(s.dir, to)); err != nil {
			t.Fatal(err)
		}
	}
	s.write(t, newPrefix+"desk/protocol.yaml", "half of it")
	again := (&shelf{dir: s.dir}).open(t)
	if !again.has(t, "desk") {
		t.Error("the agent is lost")
	}
	if entries, err := os.ReadDir(s.dir); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

// TestNewDefinition: a turn that waits keeps the definition that it began with; the next one has the new one.
func TestNewDefinition(t *testing.T) {
	t.Parallel()
	server := model.Start(t)
	l := newLibrary(t, providersOf(t, server))
	s := newSession(t, deskOf(t, l), options("anthropic"))
	s.say("tool get-time\nsay Done.")
	path := filepath.Join(l.dir, "desk/prompts/system.md")
	if err := os.WriteFile(path, []byte("All is new at {{COMPANY_NAME}}."), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := l.write(func(*os.Root) error { return nil }); err != nil {
		t.Fatal(err)
	}
	s.answer(`"noon"`)
	s.say("say Again.")
	var got []string
	for _, r := range server.Requests() {
		got = append(got, strings.TrimSpace(r.System))
	}
	const old, changed = "You are at the desk of Acme.", "All is new at Acme."
	if len(got) != 3 || got[0] != old || got[1] != old || got[2] != changed {
		t.Errorf("%q", got)
	}
}

// TestStepIsGone: a definition that has lost the step that waits cannot go on after a restart.
func TestStepIsGone(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, providersOf(t, model.Start(t)))
	s := newSession(t, deskOf(t, l), options("anthropic"))
	s.say("tool get-time\nsay Done.")
	s.close()
	protocol := strings.Replace(tiny, "go", "user-message", 2)
	if err := l.Update(t.Context(), "desk", openapi.AgentDefinitionUpdate{
		Protocol: protocol, Prompts: []openapi.AgentPrompt{{Name: "system", Content: "New."}},
	}); err != nil {
		t.Fatal(err)
	}
	s.answer(`"noon"`)
	if code, _ := failed(t, s); code != codeProtocol {
		t.Error(code)
	}
}
