package server

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/parleyhq/parley/server/files"
	"github.com/parleyhq/parley/server/session"
)

// Config is what a Server is made of. Only Sessions is required.
type Config struct {
	Sessions     *session.Service
	Files        *files.Files // that callers may read and write; nil = those of the machine, with the rights of this process
	FileLimit    int64        // largest file or archive that is taken, in bytes; 0 = no limit
	Token        string       // that callers must show; empty = none, and then only this machine is served
	CORSOrigins  []string     // web pages that may call, such as https://app.example.com; none by default
	Log          *slog.Logger
	Version      string        // for the banner
	BodyLimit    int64         // largest body of a request, in bytes; 0 = 2 MiB
	Heartbeat    time.Duration // a silent stream says so often that it lives; 0 = 15 seconds
	WriteTimeout time.Duration // a client that takes nothing for so long is cut off; 0 = 30 seconds
	ReadTimeout  time.Duration // a client must send a whole request in so long, and the next piece of a file; 0 = 30 seconds
	Grace        time.Duration // how long requests may run on when the server ends; 0 = 10 seconds
}

func (c Config) withDefaults() Config {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Files == nil {
		c.Files, _ = files.New(files.Config{}) // fails only with a root
	}
	c.Version = cmp.Or(c.Version, "dev")
	c.BodyLimit = cmp.Or(c.BodyLimit, 2<<20)
	c.Heartbeat = cmp.Or(c.Heartbeat, 15*time.Second)
	c.WriteTimeout = cmp.Or(c.WriteTimeout, 30*time.Second)
	c.ReadTimeout = cmp.Or(c.ReadTimeout, 30*time.Second)
	c.Grace = cmp.Or(c.Grace, 10*time.Second)
	return c
}

func (c Config) validate() error {
	var errs []error
	if c.Sessions == nil {
		errs = append(errs, errors.New("the session service is missing"))
	}
	if c.Token != strings.TrimSpace(c.Token) {
		errs = append(errs, errors.New("the token begins or ends with white space, which no client can send: remove it"))
	}
	for _, origin := range c.CORSOrigins {
		errs = append(errs, checkOrigin(origin))
	}
	if c.BodyLimit < 0 || c.FileLimit < 0 || c.Heartbeat < 0 || c.WriteTimeout < 0 || c.ReadTimeout < 0 || c.Grace < 0 {
		errs = append(errs, errors.New("a limit is negative"))
	}
	return errors.Join(errs...)
}

// checkOrigin refuses what no browser would ever send as an origin.
func checkOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme == "" || u.Host == "" || u.Scheme+"://"+u.Host != origin || strings.Contains(origin, "*") {
		return fmt.Errorf("CORS origin %q is not an origin: write it as https://app.example.com, each one by itself", origin)
	}
	return nil
}
