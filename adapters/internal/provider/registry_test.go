package provider

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters/internal/environ"
)

func TestFind(t *testing.T) {
	t.Parallel()
	r := New(FromEnv(environ.Env{
		"ANTHROPIC_API_KEY": "a", "OPENAI_BASE_URL": "http://host/v1", "GROQ_BASE_URL": "https://host/v1", "GROQ_API_KEY": "g",
		"MY_OWN_BASE_URL": "http://host",
	}))
	for model, want := range map[string]string{
		"anthropic/claude-opus-4-8": "claude-opus-4-8", "openai/gpt": "gpt", "groq/meta/llama": "meta/llama", "my-own/x": "x",
	} {
		if p, id, err := r.Find(model); p == nil || id != want || err != nil {
			t.Errorf("%s: %v, %q, %v", model, p, id, err)
		}
	}
}

func TestNotFound(t *testing.T) {
	t.Parallel()
	r := New(FromEnv(environ.Env{"OPENAI_BASE_URL": "localhost:8080", "BAD_BASE_URL": "ftp://" + secret + "@host", "EMPTY_BASE_URL": ""}))
	for model, want := range map[string]struct {
		kind Kind
		says []string
	}{
		"anthropic/claude": {KindAuthentication, []string{"ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"}},
		"openai/gpt":       {KindAuthentication, []string{"OPENAI_BASE_URL is not an http or https address"}},
		"bad/x":            {KindAuthentication, []string{"BAD_BASE_URL is not"}},
		"empty/x":          {KindValidation, []string{"EMPTY_BASE_URL", "EMPTY_API_KEY"}},
		"no-such/x":        {KindValidation, []string{"NO_SUCH_BASE_URL", "NO_SUCH_API_KEY"}},
		"gpt":              {KindValidation, []string{`PROVIDER/ID, not "gpt"`}},
		"openai/":          {KindValidation, []string{"PROVIDER/ID"}},
		"/gpt":             {KindValidation, []string{"PROVIDER/ID"}},
		"":                 {KindValidation, []string{"PROVIDER/ID"}},
	} {
		_, _, err := r.Find(model)
		failed := (*Error)(nil)
		if !errors.As(err, &failed) || failed.Kind != want.kind || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", model, err)
			continue
		}
		for _, text := range want.says {
			if !strings.Contains(failed.Message, text) {
				t.Errorf("%s: no %q in %q", model, text, failed.Message)
			}
		}
	}
}

func TestCompatibleNeedsAnAddress(t *testing.T) {
	t.Parallel()
	_, _, err := New(Config{Compatible: map[string]Endpoint{"x": {Key: "k"}}}).Find("x/y")
	if err == nil || !strings.Contains(err.Error(), "X_BASE_URL") {
		t.Error(err)
	}
}

func TestFromEnv(t *testing.T) {
	t.Parallel()
	got := FromEnv(environ.Env{
		"ANTHROPIC_API_KEY": "a ", "ANTHROPIC_BASE_URL": "http://a", "OPENAI_API_KEY": "o", "GROQ_BASE_URL": "http://g", "GROQ_API_KEY": "g",
		"LONELY_API_KEY": "x", "_BASE_URL": "http://nameless",
	})
	want := Config{
		Anthropic: Endpoint{BaseURL: "http://a", Key: "a"}, OpenAI: Endpoint{Key: "o"},
		Compatible: map[string]Endpoint{"groq": {BaseURL: "http://g", Key: "g"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

// What the process has in its own environment is nobody's business but FromEnv's caller's.
func TestTheSDKsReadNoEnvironment(t *testing.T) {
	t.Setenv("ANTHROPIC_API_KEY", "wrong")
	t.Setenv("ANTHROPIC_AUTH_TOKEN", "wrong")
	t.Setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")
	t.Setenv("ANTHROPIC_CUSTOM_HEADERS", "X-Api-Key: wrong")
	t.Setenv("OPENAI_API_KEY", "wrong")
	t.Setenv("OPENAI_BASE_URL", "http://127.0.0.1:1")
	t.Setenv("OPENAI_ORG_ID", "wrong")
	t.Setenv("OPENAI_CUSTOM_HEADERS", "Authorization: wrong")
	scripted(t, func(t *testing.T, s *script) {
		s.ask(t, userMessage("say hi"))
		for name, values := range s.server.Requests()[0].Header {
			if strings.Contains(strings.Join(values, " "), "wrong") {
				t.Errorf("%s: %q", name, values)
			}
		}
	})
}
