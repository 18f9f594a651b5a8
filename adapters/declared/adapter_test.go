package declared

import (
	"errors"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/provider"
	"github.com/parleyhq/parley/openapi"
)

func TestPrepare(t *testing.T) {
	t.Parallel()
	desk := deskOf(t, newLibrary(t, provider.New(provider.Config{}))).(*Adapter)
	o, err := desk.Prepare(t.Context(), adapters.Options{Input: map[string]any{"COMPANY_NAME": "Acme", "MORE": 1}})
	if err != nil || len(o.Input) != 2 || o.Input["MODEL"] != "anthropic/scripted-large" {
		t.Errorf("%+v, %v", o.Input, err)
	}
	for _, input := range []map[string]any{nil, {"COMPANY_NAME": nil}} {
		_, err = desk.Prepare(t.Context(), adapters.Options{Input: input})
		refusedAs(t, err, "input/COMPANY_NAME", "is missing")
	}
	_, err = desk.Prepare(t.Context(), adapters.Options{Input: map[string]any{"COMPANY_NAME": 7.0, "MODEL": true}})
	refusedAs(t, err, "input/COMPANY_NAME", "must be text, not the number 7; input/MODEL: must be text, not a boolean")
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	desk := deskOf(t, newLibrary(t, provider.New(provider.Config{}))).(*Adapter)
	d := desk.Defaults(t.Context())
	if len(d.Resources) != 2 || string(d.Resources["NOTES"]) != `""` || string(d.Resources["LIMITS"]) != `{"days":30}` {
		t.Errorf("resources %s", d.Resources)
	}
	if len(d.Variables) != 0 {
		t.Errorf("variables %s", d.Variables)
	}
}

func TestCheckTrigger(t *testing.T) {
	t.Parallel()
	desk := deskOf(t, newLibrary(t, provider.New(provider.Config{}))).(*Adapter)
	check := func(name string, input map[string]any) error {
		return desk.CheckTrigger(t.Context(), adapters.Options{}, openapi.TurnTrigger{Name: name, Input: input})
	}
	if err := check("user-message", said("Hello")); err != nil {
		t.Error(err)
	}
	if err := check("hand-over", map[string]any{"REASON": "None", "MORE": 1}); err != nil {
		t.Error(err)
	}
	refusedAs(t, check("nothing", nil), "triggerName", "unknown trigger: nothing")
	refusedAs(t, check("user-message", nil), "input/USER_MESSAGE", "is missing")
	refusedAs(t, check("user-message", map[string]any{"USER_MESSAGE": []any{}}), "input/USER_MESSAGE", "must be text, not an array")
}

func refusedAs(t *testing.T, err error, option, reason string) {
	t.Helper()
	var refused *adapters.OptionError
	if !errors.As(err, &refused) || refused.Option != option || refused.Reason != reason {
		t.Errorf("%v, want %s: %s", err, option, reason)
	}
}
