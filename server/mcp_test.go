package server

import (
	"net/http"
	"testing"

	"github.com/parleyhq/parley/server/session"
)

// The tools of clients ask for an agent's key: neither this machine nor the server's own token opens them.
func TestToolsAskForAKey(t *testing.T) {
	for name, token := range map[string]string{"with a token": secret, "without": ""} {
		t.Run(name, func(t *testing.T) {
			w := start(t, func(c *Config, d *session.Config) { c.Token, d.ToolsURL = token, "http://127.0.0.1:7/mcp" })
			w.do("POST", "/v1/sessions/s", `{"agent":"mock","clientTools":[{"name":"x","description":"d","inputSchema":{"type":"object"}}]}`,
				"Authorization", "Bearer "+secret).want(200)
			for _, header := range []string{"", "Bearer", "Bearer ", "Bearer " + secret, "Bearer s"} {
				r := w.request("POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, "Authorization", header,
					"Accept", "application/json, text/event-stream")
				resp, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				_ = resp.Body.Close()
				if resp.StatusCode != http.StatusUnauthorized {
					t.Errorf("%q: got %s", header, resp.Status)
				}
			}
		})
	}
}
