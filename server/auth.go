package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/parleyhq/parley/server/session"
)

// public are the routes that anybody may ask; "" is that of unknown paths, and /mcp asks for keys of its own. Every other one is guarded.
var public = map[string]bool{
	"": true, "/": true, "/v1/health": true, "/mcp": true, "/openapi.yaml": true, "/openapi.json": true, "/ui": true, "/ui/*": true,
	"/docs": true, "/docs/*": true,
}

// guard lets only callers in who show the token or, where there is none, who ask from this machine and not out of a
// foreign web page. It runs before anything of a request's content is looked at, also where the answer is 405.
func (s *Server) guard(c echo.Context) error {
	if public[c.Path()] {
		return nil
	}
	return s.admit(c.Request())
}

func (s *Server) admit(r *http.Request) error {
	if s.cfg.Token == "" {
		return s.admitLocal(r)
	}
	given, want := sha256.Sum256([]byte(credentials(r.Header.Get(echo.HeaderAuthorization)))), s.token
	if subtle.ConstantTimeCompare(given[:], want[:]) == 1 {
		return nil
	}
	return &session.Error{Code: codeTokenInvalid, Details: map[string]any{"message": "missing or invalid token"}}
}

// admitLocal refuses a web page of another site, also one that has pointed its own name at this machine.
func (s *Server) admitLocal(r *http.Request) error {
	if !loopback(hostname(r.Host)) {
		return &session.Error{Code: codePermissionDenied,
			Detail: "host " + r.Host + " is not allowed; a server without a token answers to localhost only"}
	}
	origin := r.Header.Get(echo.HeaderOrigin)
	if origin == "" || s.allowed(origin) || loopbackOrigin(origin) {
		return nil
	}
	return &session.Error{Code: codePermissionDenied, Detail: "origin " + origin + " is not allowed"}
}

func (s *Server) allowed(origin string) bool { return slices.Contains(s.cfg.CORSOrigins, origin) }

// credentials takes the token out of an Authorization header; the scheme may be Bearer, Token or Basic.
func credentials(header string) string {
	scheme, value, _ := strings.Cut(strings.TrimSpace(header), " ")
	value = strings.TrimSpace(value)
	switch strings.ToLower(scheme) {
	case "bearer", "token":
		return value
	case "basic":
		return basic(value)
	}
	return ""
}

// basic is the password; without a colon everything is.
func basic(value string) string {
	decoded, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		return ""
	}
	user, password, colon := strings.Cut(string(decoded), ":")
	if !colon {
		return strings.TrimSpace(user)
	}
	return strings.TrimSpace(password)
}

// cors answers preflights, which carry no token, and marks answers that a listed web page may read.
func (s *Server) cors() step {
	return middleware.CORSWithConfig(middleware.CORSConfig{
		AllowOriginFunc: func(origin string) (bool, error) { return s.allowed(origin), nil },
		ExposeHeaders:   []string{echo.HeaderRetryAfter},
	})(func(echo.Context) error { return nil })
}

// hostname is a Host header, or an address to listen on, without its port.
func hostname(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.TrimSuffix(strings.TrimPrefix(hostport, "["), "]")
}

// loopback tells whether a host is this machine whatever a name server says.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}

func loopbackOrigin(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && loopback(u.Hostname())
}
