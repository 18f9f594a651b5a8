package adaptertest

import (
	"reflect"
	"testing"

	"github.com/parleyhq/parley/adapters"
)

var infoTopics = []topic{
	{"info", nil, info},
	{"capabilities", nil, capabilities},
	{"models", nil, models},
}

// info is complete and does not change by being asked.
func info(t *testing.T, s Subject) {
	info := s.Adapter.Info(t.Context())
	if info.ID == "" {
		t.Error("no id")
	}
	if !info.Installed {
		t.Error("the suite needs an agent that is installed")
	}
	if len(info.Modes) == 0 {
		t.Error("no modes; the first one is the default")
	}
	for _, mode := range info.Modes {
		if mode.ID == "" || mode.Name == "" {
			t.Errorf("mode %+v lacks an id or a name", mode)
		}
	}
	if _, ok := info.PermissionModes["default"]; !ok {
		t.Error("no permission mode default")
	}
	for mode, becomes := range info.PermissionModes {
		if _, ok := info.PermissionModes[becomes]; !ok {
			t.Errorf("permission mode %s becomes %q, which is none", mode, becomes)
		}
	}
	again := s.Adapter.Info(t.Context())
	again.ServerStatus.UptimeMs = info.ServerStatus.UptimeMs // time goes on
	if !reflect.DeepEqual(again, info) {
		t.Errorf("asked twice, got\n%+v\n%+v", info, again)
	}
}

// capabilities agree with what the agent can be made to do.
func capabilities(t *testing.T, s Subject) {
	has := s.Adapter.Info(t.Context()).Capabilities
	for _, c := range []struct {
		name    string
		has     bool
		message string
	}{
		{"textMessages", has.TextMessages, s.Say.Text},
		{"streamingDeltas", has.StreamingDeltas, s.Say.Stream},
		{"permissions", has.Permissions, s.Say.Permission},
		{"questions", has.Questions, s.Say.Question},
	} {
		if c.has != (c.message != "") {
			t.Errorf("capability %s is %t, the message for it is %q", c.name, c.has, c.message)
		}
	}
	if s.Say.Text == "" || s.Say.Long == "" {
		t.Error("the suite needs the messages Text and Long")
	}
}

// models have ids, and the default is one of them.
func models(t *testing.T, s Subject) {
	lister, ok := s.Adapter.(adapters.ModelLister)
	if !ok {
		t.Skip("the adapter lists no models")
	}
	list, err := lister.Models(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{"": true}
	for _, m := range list.Models {
		if ids[m.ID] {
			t.Errorf("model id %q is empty or there twice", m.ID)
		}
		ids[m.ID] = true
	}
	if len(list.Models) == 0 || !ids[list.DefaultModel] {
		t.Errorf("default model %q is not among %+v", list.DefaultModel, list.Models)
	}
}
