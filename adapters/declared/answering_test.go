package declared

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/parleyhq/parley/adapters/internal/provider"
)

// answering is a server of chat completions that gives its answers one after the other, for what the scripted one cannot say.
type answering struct {
	mu      sync.Mutex
	answers []http.HandlerFunc
	bodies  []string
}

func (a *answering) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a.mu.Lock()
	a.bodies = append(a.bodies, string(body))
	answer := a.answers[min(len(a.bodies), len(a.answers))-1]
	a.mu.Unlock()
	answer(w, r)
}

func (a *answering) body(i int) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.bodies[i]
}

// deskAt is a session of the agent desk with such a server.
func deskAt(t testing.TB, answers ...http.HandlerFunc) (*session, *answering) {
	t.Helper()
	a := &answering{answers: answers}
	server := httptest.NewServer(a)
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.CloseClientConnections()
		server.Close()
	})
	providers := provider.New(provider.Config{
		OpenAI:     provider.Endpoint{BaseURL: server.URL, Key: "key"},
		HTTPClient: &http.Client{Transport: transport},
	})
	return newSession(t, deskOf(t, newLibrary(t, providers)), options("openai")), a
}

// chunks answers with deltas and a reason to finish.
func chunks(finish string, deltas ...string) http.HandlerFunc {
	var b strings.Builder
	for _, d := range deltas {
		fmt.Fprintf(&b, "data: {\"choices\":[{\"index\":0,\"delta\":%s}]}\n\n", d)
	}
	fmt.Fprintf(&b, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":%q}]}\n\ndata: [DONE]\n\n", finish)
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, b.String())
	}
}

func texts(text string) http.HandlerFunc { return chunks("stop", fmt.Sprintf(`{"content":%q}`, text)) }

func toolDelta(id, name, arguments string) string {
	return fmt.Sprintf(`{"tool_calls":[{"index":0,"id":%q,"type":"function","function":{"name":%q,"arguments":%q}}]}`, id, name, arguments)
}

// refusal answers with an error.
func refusal(status int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"error":{"message":"no","type":"some_error"}}`)
	}
}
