package all_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/all"
)

func agents(t *testing.T) []adapters.Adapter {
	t.Helper()
	list, err := all.New(all.Config{DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestOrder(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, a := range agents(t) {
		info := a.Info(t.Context())
		ids = append(ids, info.ID)
		if len(info.Modes) == 0 || info.Modes[0].ID != "build" {
			t.Errorf("%s: the first mode is the default, and that is build: %+v", info.ID, info.Modes)
		}
		if _, ok := info.PermissionModes["default"]; !ok {
			t.Errorf("%s: no permission mode default", info.ID)
		}
		for mode, becomes := range info.PermissionModes {
			if !slices.Contains([]string{"default", "plan", "acceptEdits", "bypass"}, mode) || info.PermissionModes[becomes] != becomes {
				t.Errorf("%s: permission mode %s becomes %s", info.ID, mode, becomes)
			}
		}
	}
	if want := []string{"claude", "codex", "opencode", "amp", "mock", "gemini"}; !slices.Equal(ids, want) {
		t.Errorf("agents %q, want %q", ids, want)
	}
}

// TestInfoIsTheCallersOwn: what an adapter says of itself cannot be spoilt.
func TestInfoIsTheCallersOwn(t *testing.T) {
	t.Parallel()
	for _, a := range agents(t) {
		info := a.Info(t.Context())
		info.Modes[0].ID = "spoilt"
		info.PermissionModes["default"] = "spoilt"
		if again := a.Info(t.Context()); again.Modes[0].ID == "spoilt" || again.PermissionModes["default"] == "spoilt" {
			t.Errorf("%s keeps what a caller changed", again.ID)
		}
	}
}

func TestConfigured(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "agents.yaml")
	if err := os.WriteFile(file, []byte("agents: [{id: third, command: c}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := all.Config{DataDir: t.TempDir(), ACP: []string{"goose acp", "first=a\n\n second=b 'c d'\n"}, ACPFile: file}
	list, err := all.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, a := range list[6:] {
		ids = append(ids, a.Info(t.Context()).ID)
	}
	if want := []string{"third", "acp", "first", "second"}; !slices.Equal(ids, want) {
		t.Errorf("got %q, want %q", ids, want)
	}
	for _, bad := range []all.Config{
		{ACP: []string{"a=b", "a=c"}}, {ACP: []string{"claude=b"}}, {ACP: []string{"third=b"}, ACPFile: file}, {ACP: []string{"'"}}, {ACPFile: "none"},
	} {
		bad.DataDir = t.TempDir()
		if _, err := all.New(bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}
