// Package server is Parley over HTTP: the document's operations on a session.Service, checked against the document,
// guarded, and answered in JSON, problems and server-sent events. A handler is one call and one return.
//
// It knows Echo, the generated stub and the session package. It knows no store and no agent.
package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleyhq/parley/server/stub"
	"github.com/parleyhq/parley/server/toolserver"
)

// Server answers HTTP requests. It implements the stub's operations, one file per resource.
type Server struct {
	cfg    Config
	token  [sha256.Size]byte
	echo   *echo.Echo
	ending context.Context // done when open streams are to end
	end    context.CancelFunc

	presence *presence
}

var _ stub.StrictServerInterface = (*Server)(nil)

// ErrTokenNeeded refuses an address that other machines can reach where there is no token.
var ErrTokenNeeded = errors.New("a server that other machines can reach needs a token")

// New makes a server. The error says everything that is wrong with the configuration.
func New(cfg Config) (*Server, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	go func() { _, _ = operations() }() // the first request waits, if it must
	s := &Server{cfg: cfg, token: sha256.Sum256([]byte(cfg.Token)), echo: echo.New()}
	s.presence = newPresence(cfg.Sessions)
	ending, cancel := context.WithCancel(context.Background())
	s.ending, s.end = ending, func() {
		s.presence.end()
		cancel()
	}
	s.routes()
	return s, nil
}

func (s *Server) routes() {
	e := s.echo
	e.Logger.SetOutput(io.Discard) // what it could say, fail and the request log say
	e.IPExtractor = echo.ExtractIPDirect()
	e.HTTPErrorHandler = s.fail
	e.Use(s.attend(s.cors(), s.guard, s.check))
	r := router{e}
	r.GET("/", s.banner)
	r.GET("/openapi.yaml", documentYAML)
	r.GET("/openapi.json", documentJSON)
	r.GET("/docs", reference)
	r.GET("/docs/*", referenceFile)
	r.GET("/ui", toInspector)
	r.GET("/ui/*", inspector)
	e.Any("/mcp", echo.WrapHandler(toolserver.New(toolserver.Config{
		Sessions: s.cfg.Sessions, Version: s.cfg.Version, BodyLimit: s.cfg.BodyLimit, Heartbeat: s.cfg.Heartbeat,
	})))
	stub.RegisterHandlers(r, stub.NewStrictHandler(s, []stub.StrictMiddlewareFunc{asked}))
}

// router lets HEAD ask what GET answers, streams excepted.
type router struct{ *echo.Echo }

func (r router) GET(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	if !streamed(path) {
		r.HEAD(path, h, m...)
	}
	return r.Echo.GET(path, h, m...)
}

// streamed tells the routes whose GET is a stream; a test compares it with the document.
func streamed(path string) bool {
	return strings.HasSuffix(path, "/sse") || strings.HasSuffix(path, "/stream")
}

// Handler answers requests without a listener of its own.
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		normalize(r.URL)
		s.echo.ServeHTTP(w, r)
	})
}

// Serve answers what comes in on l until ctx ends. Open streams are then ended, and requests on their way may run on for
// Config.Grace. It closes l. A Server serves once.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	if err := CheckAddress(l.Addr().String(), s.cfg.Token); err != nil {
		return errors.Join(err, l.Close())
	}
	h := &http.Server{
		Handler:        s.Handler(),
		ReadTimeout:    s.cfg.ReadTimeout, // until the end of the body; it does not end streams
		IdleTimeout:    2 * time.Minute,
		MaxHeaderBytes: 64 << 10,
		ErrorLog:       slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- h.Serve(l) }()
	select {
	case err := <-served:
		s.end()
		return err
	case <-ctx.Done():
	}
	return s.shutdown(ctx, h, served)
}

func (s *Server) shutdown(ctx context.Context, h *http.Server, served <-chan error) error {
	s.end() // Shutdown waits for streams and for what agents ask, so they go first
	s.cfg.Sessions.EndCalls()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.Grace)
	defer cancel()
	if err := h.Shutdown(grace); err != nil {
		s.cfg.Log.Warn("requests were cut off", "grace", s.cfg.Grace, "error", errors.Join(err, h.Close()))
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// CheckAddress refuses an address to listen on, host:port, that other machines can reach when there is no token.
func CheckAddress(address, token string) error {
	if token != "" || loopback(hostname(address)) {
		return nil
	}
	return ErrTokenNeeded
}

// normalize keeps a path as it was sent, so that its parameters are unescaped exactly once, and turns the spellings of
// query parameters that older clients have into the document's.
func normalize(u *url.URL) {
	u.RawPath = u.EscapedPath()
	if strings.Contains(u.RawQuery, "includeRaw") || strings.Contains(u.RawQuery, "sessionId") {
		u.RawQuery = rename(u.RawQuery, map[string]string{"includeRaw": "include_raw", "sessionId": "session_id"})
	}
}

func rename(query string, names map[string]string) string {
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, value, assigned := strings.Cut(pair, "=")
		if to, ok := names[name]; ok && assigned {
			pairs[i] = to + "=" + value
		}
	}
	return strings.Join(pairs, "&")
}

// A step looks at a request before its handler does, and refuses it by an error or answers it.
type step = echo.HandlerFunc

// attend is around everything: it bounds writes, takes the steps, answers errors and panics, and logs the request. It is
// one middleware because an open stream keeps the stack of all of them.
func (s *Server) attend(steps ...step) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			began, w := time.Now(), c.Response()
			w.Writer = newWriter(w.Writer, s.cfg.WriteTimeout)
			if err := s.run(steps, next, c); err != nil {
				s.fail(err, c)
			}
			s.logRequest(c, began)
			return nil
		}
	}
}

// run turns a panic into an error. Where the answer has begun the connection is cut: a client must not take half of an
// answer for a whole one.
func (s *Server) run(steps []step, next echo.HandlerFunc, c echo.Context) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = s.recovered(r, c)
		}
	}()
	for _, step := range steps {
		if err := step(c); err != nil || c.Response().Committed {
			return err
		}
	}
	return next(c)
}

func (s *Server) recovered(r any, c echo.Context) error {
	if err, ok := r.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(r)
	}
	err := fmt.Errorf("panic: %v\n%s", r, debug.Stack())
	if c.Response().Committed {
		s.fail(err, c)
		panic(http.ErrAbortHandler)
	}
	return err
}

func (s *Server) logRequest(c echo.Context, began time.Time) {
	if s.cfg.Log.Enabled(context.Background(), slog.LevelDebug) {
		s.cfg.Log.Debug("request", "method", c.Request().Method, "route", c.Path(), "status", c.Response().Status,
			"duration", time.Since(began))
	}
}
