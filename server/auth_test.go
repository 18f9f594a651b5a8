package server

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/parleyhq/parley/server/session"
)

const secret = "s3cret-token"

func TestToken(t *testing.T) {
	w := start(t, func(c *Config, _ *session.Config) { c.Token = secret })
	basic := func(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, c := range []struct {
		header string
		status int
	}{
		{"Bearer " + secret, 200}, {"bearer " + secret, 200}, {"BEARER   " + secret + "  ", 200}, {"Token " + secret, 200}, {"tOKEN " + secret, 200},
		{basic("user:" + secret), 200}, {basic(":" + secret), 200}, {basic(secret), 200}, {strings.Replace(basic("u:"+secret), "Basic", "bAsIc", 1), 200},
		{"", 401}, {"Bearer", 401}, {"Bearer ", 401}, {"Bearer wrong", 401}, {"Bearer " + secret + "x", 401}, {"Bearer " + secret[:5], 401},
		{secret, 401}, {"Digest " + secret, 401}, {basic("user:wrong"), 401}, {basic(secret + ":wrong"), 401}, {"Basic !!!", 401},
	} {
		a := w.get("/v1/sessions", "Authorization", c.header).want(c.status)
		if c.status != 401 {
			continue
		}
		p := a.refused(401, "token_invalid", "token invalid")
		if p.Details["message"] != "missing or invalid token" || a.header.Get("WWW-Authenticate") != "" {
			t.Errorf("problem %s, headers %v", a.body, a.header)
		}
	}
	if found, _ := w.log.having(secret); len(found) > 0 {
		t.Errorf("the token was logged: %q", found)
	}
}

func TestTokenComesFirst(t *testing.T) {
	w := start(t, func(c *Config, _ *session.Config) { c.Token, c.BodyLimit = secret, 10 })
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/v1/sessions/s", `{not json`, 401},
		{"POST", "/v1/sessions/s", `{"agent":"much too long for the limit"}`, 401},
		{"GET", "/v1/sessions/s/events?offset=-1", "", 401},
		{"PUT", "/v1/sessions", "", 401}, // a 405 inside
		{"GET", "/v1/pending", "", 401},
		{"POST", "/v1/health", "", 405},
		{"GET", "/v1/health", "", 200},
		{"HEAD", "/v1/health", "", 200},
		{"GET", "/", "", 200},
		{"GET", "/openapi.yaml", "", 200},
		{"GET", "/openapi.json", "", 200},
		{"GET", "/docs", "", 200},
		{"GET", "/docs/docs.js", "", 200},
		{"GET", "/nothing", "", 404},
		{"GET", "/v1/nothing", "", 404},
		{"GET", "/v1%2Fsessions", "", 404},
		{"GET", "//v1/sessions", "", 404},
	} {
		if a := w.do(c.method, c.path, c.body); a.status != c.status {
			t.Errorf("%s %s: status %d, want %d: %s", c.method, c.path, a.status, c.status, a.body)
		}
	}
}

// TestWebPages is what keeps a page in a browser from driving a server without a token.
func TestWebPages(t *testing.T) {
	w := start(t, func(c *Config, _ *session.Config) { c.CORSOrigins = []string{"https://app.example.com"} })
	port := w.url[strings.LastIndex(w.url, ":"):]
	for _, c := range []struct {
		host, origin string
		status       int
	}{
		{"localhost", "", 200}, {"localhost" + port, "", 200}, {"LOCALHOST:1", "", 200}, {"127.0.0.1", "", 200}, {"127.9.8.7:80", "", 200},
		{"[::1]", "", 200}, {"[::1]:2468", "", 200}, {"[::ffff:127.0.0.1]:1", "", 200},
		{"evil.example.com", "", 403}, {"evil.example.com" + port, "", 403}, {"localhost.evil.example.com", "", 403}, {"192.168.1.5" + port, "", 403},
		{"127.0.0.1.evil.example.com", "", 403}, {"0.0.0.0" + port, "", 403}, {"[fe80::1]", "", 403},
		{"localhost", "http://localhost:3000", 200}, {"localhost", "https://127.0.0.1", 200}, {"localhost", "http://[::1]:8080", 200},
		{"localhost", "https://app.example.com", 200},
		{"localhost", "https://evil.example.com", 403}, {"localhost", "http://app.example.com", 403}, {"localhost", "null", 403},
		{"localhost", "https://app.example.com.evil.example.com", 403}, {"localhost", "http://localhost.evil.example.com", 403},
		{"localhost", "file://", 403}, {"evil.example.com", "https://app.example.com", 403},
	} {
		headers := []string{"Host", c.host}
		if c.origin != "" {
			headers = append(headers, "Origin", c.origin)
		}
		a := w.get("/v1/sessions", headers...)
		if a.status != c.status {
			t.Errorf("host %q, origin %q: status %d, want %d", c.host, c.origin, a.status, c.status)
		}
		if a.status == 403 && decodeAs[map[string]any](t, a.body)["code"] != "permission_denied" {
			t.Errorf("problem %s", a.body)
		}
	}
	w.post("/v1/sessions/s", `{"agent":"mock"}`, "Origin", "https://evil.example.com").
		refused(403, "permission_denied", "permission denied: origin https://evil.example.com is not allowed")
	w.get("/v1/health", "Host", "probe.example.com").want(200)
}

func TestTokenAllowsAnyHost(t *testing.T) {
	w := start(t, func(c *Config, _ *session.Config) { c.Token = secret })
	w.get("/v1/sessions", "Host", "agents.example.com", "Origin", "https://other.example.com", "Authorization", "Bearer "+secret).want(200)
}

func TestCORS(t *testing.T) {
	w := start(t, func(c *Config, _ *session.Config) {
		c.Token, c.CORSOrigins = secret, []string{"https://app.example.com"}
	})
	const allow = "Access-Control-Allow-Origin"
	preflight := []string{"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,content-type"}

	a := w.do("OPTIONS", "/v1/sessions/s", "", append(preflight, "Origin", "https://app.example.com")...).want(204)
	if a.header.Get(allow) != "https://app.example.com" || !strings.Contains(a.header.Get("Access-Control-Allow-Methods"), "POST") ||
		a.header.Get("Access-Control-Allow-Headers") != "authorization,content-type" || !strings.Contains(strings.Join(a.header.Values("Vary"), ","), "Origin") {
		t.Errorf("preflight: %v", a.header)
	}
	a = w.do("OPTIONS", "/v1/sessions/s", "", append(preflight, "Origin", "https://evil.example.com")...).want(204)
	if a.header.Get(allow) != "" {
		t.Errorf("preflight of a foreign page: %v", a.header)
	}
	for origin, want := range map[string]string{
		"https://app.example.com": "https://app.example.com", "https://evil.example.com": "", "https://APP.example.com": "", "http://localhost": "",
	} {
		for _, token := range []string{secret, "wrong"} { // a page must be able to read why it was refused
			a := w.get("/v1/sessions", "Origin", origin, "Authorization", "Bearer "+token)
			if a.header.Get(allow) != want || a.header.Get("Vary") == "" || a.header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("origin %s, token %s: %v", origin, token, a.header)
			}
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	sessions := new(session.Service)
	for _, c := range []struct {
		name string
		cfg  Config
		want string
	}{
		{"no sessions", Config{}, "session service is missing"},
		{"blank token", Config{Sessions: sessions, Token: " "}, "white space"},
		{"token with a newline", Config{Sessions: sessions, Token: "abc\n"}, "white space"},
		{"any origin", Config{Sessions: sessions, CORSOrigins: []string{"*"}}, `"*" is not an origin`},
		{"pattern", Config{Sessions: sessions, CORSOrigins: []string{"https://*.example.com"}}, "is not an origin"},
		{"origin with a path", Config{Sessions: sessions, CORSOrigins: []string{"https://example.com/"}}, "is not an origin"},
		{"negative limit", Config{Sessions: sessions, BodyLimit: -1}, "negative"},
	} {
		if _, err := New(c.cfg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	_, err := New(Config{Token: "\n", BodyLimit: -1})
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("not every fault is told: %v", err)
	}
}

func TestAddressNeedsToken(t *testing.T) {
	for address, open := range map[string]bool{
		"127.0.0.1:1": true, "localhost:1": true, "[::1]:1": true, "127.1.2.3:0": true,
		"0.0.0.0:1": false, ":1": false, "[::]:1": false, "192.168.0.1:1": false, "example.com:1": false,
	} {
		if err := CheckAddress(address, ""); (err == nil) != open {
			t.Errorf("%s: %v", address, err)
		}
		if err := CheckAddress(address, secret); err != nil {
			t.Errorf("%s with a token: %v", address, err)
		}
	}
}
