package declared

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest/model"
	"github.com/parleyhq/parley/adapters/internal/provider"
)

// wires are the APIs of models that all is tested with.
var wires = []string{"anthropic", "openai"}

// providersOf are those of a scripted server.
func providersOf(t testing.TB, server *model.Server) *provider.Registry {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return provider.New(provider.Config{
		Anthropic:  provider.Endpoint{BaseURL: server.URL, Key: "key"},
		OpenAI:     provider.Endpoint{BaseURL: server.URL + "/v1", Key: "key"},
		HTTPClient: &http.Client{Transport: transport},
	})
}

// newLibrary is a library of copies of the definitions in testdata.
func newLibrary(t testing.TB, providers *provider.Registry) *Library {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "agents")
	if err := os.CopyFS(dir, os.DirFS("testdata/agents")); err != nil {
		t.Fatal(err)
	}
	l, err := New(Config{Dir: dir, Providers: providers, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func deskOf(t testing.TB, l *Library) adapters.Adapter {
	t.Helper()
	a, ok := l.Adapter(t.Context(), "desk")
	if !ok {
		t.Fatal("no agent desk")
	}
	return a
}

func options(wire string) adapters.Options {
	return adapters.Options{
		SessionID: "test",
		Input:     map[string]any{"COMPANY_NAME": "Acme", "MODEL": wire + "/scripted-large"},
	}
}
