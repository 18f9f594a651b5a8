// Package client is the Go SDK of Parley: sessions with AI agents over a durable event log.
//
// There is one method per operation of the API, and two that follow a session by themselves: Events, which never
// repeats and never skips an event, and StreamMessage, which sends a message and stays until its turn is over.
// What fails for a moment is tried again, and every message carries an idempotency key, so that it is heard once.
//
// The package knows the contract (package openapi) and HTTP, and nothing of the server.
package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/parleyhq/parley/client/raw"
)

// Client talks to one server. It is safe for concurrent use and holds nothing that must be closed.
type Client struct {
	raw     *raw.Client
	retry   Retry
	silence time.Duration
	keyless bool
}

// config is what the options of New make.
type config struct {
	token   string
	http    *http.Client
	retry   Retry
	silence time.Duration
	keyless bool
}

// Option changes how a Client works.
type Option func(*config)

// WithToken sends the server's token with every request. An empty token is none.
func WithToken(token string) Option { return func(c *config) { c.token = token } }

// WithHTTPClient sends requests by h instead of http.DefaultClient. A Timeout of h cuts streams too; they are resumed.
// A program with many calls at once wants a Transport that keeps more than two idle connections to a host.
func WithHTTPClient(h *http.Client) Option { return func(c *config) { c.http = h } }

// WithRetry changes how often and how fast failed requests are repeated.
func WithRetry(r Retry) Option { return func(c *config) { c.retry = r } }

// WithSilence changes how long a stream is waited for before it is taken for dead and opened again; the default is a
// minute. A server sends something every 15 seconds. A negative duration waits without end.
func WithSilence(d time.Duration) Option { return func(c *config) { c.silence = d } }

// WithoutIdempotency sends no idempotency keys but those given by IdempotencyKey. A create, message or reply whose
// answer is lost is then not repeated: the error leaves open whether it was heard.
func WithoutIdempotency() Option { return func(c *config) { c.keyless = true } }

// New makes a client for the server at an http or https URL, such as "http://127.0.0.1:2468". It sends nothing.
func New(server string, opts ...Option) (*Client, error) {
	cfg := config{http: http.DefaultClient, silence: time.Minute}
	for _, opt := range opts {
		opt(&cfg)
	}
	if err := checkServer(server); err != nil {
		return nil, err
	}
	if cfg.http == nil {
		return nil, errors.New("parley: WithHTTPClient got no client")
	}
	r, err := raw.NewClient(server, raw.WithHTTPClient(cfg.http), raw.WithRequestEditorFn(bearer(cfg.token)))
	if err != nil {
		return nil, fmt.Errorf("parley: %w", err)
	}
	return &Client{raw: r, retry: cfg.retry.withDefaults(), silence: cfg.silence, keyless: cfg.keyless}, nil
}

// checkServer refuses what is not the URL of a server. It does not repeat the URL, which may hold a password.
func checkServer(server string) error {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return errors.New("parley: the server must be an http or https URL, such as http://127.0.0.1:2468")
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return errors.New("parley: the server's URL must have neither a query nor a fragment")
	}
	return nil
}

func bearer(token string) edit {
	return func(_ context.Context, req *http.Request) error {
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		return nil
	}
}
