package server

import (
	"context"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
)

// installable is an agent whose installation does what a test says.
type installable struct {
	bare
	install func(context.Context, adapters.InstallRequest) error
}

func (i installable) Install(ctx context.Context, r adapters.InstallRequest) (openapi.AgentInfo, error) {
	return i.Info(ctx).AgentInfo, i.install(ctx, r)
}

func withAgent(a adapters.Adapter) option {
	return func(_ *Config, c *session.Config) { c.Adapters = append(c.Adapters, a) }
}

func TestInstallAgent(t *testing.T) {
	asked := make(chan adapters.InstallRequest, 1)
	w := start(t, withAgent(installable{bare{"new", false}, func(_ context.Context, r adapters.InstallRequest) error {
		r.Progress("half way")
		switch r.Version {
		case "broken":
			return &adapters.InstallError{Message: "no luck", Stderr: "disk full"}
		case "none":
			return &adapters.OptionError{Option: "agentVersion", Reason: "there is no version none"}
		}
		asked <- r
		return nil
	}}))
	const path = "/v1/agents/new/install"
	w.post(path, `{}`).want(204)
	if r := <-asked; r.Version != "" || r.Again {
		t.Errorf("asked for %+v", r)
	}
	w.post(path, `{"reinstall":true,"version":"latest"}`).want(204)
	if r := <-asked; r.Version != "latest" || !r.Again {
		t.Errorf("asked for %+v", r)
	}
	p := w.post(path, `{"version":"broken"}`).refused(500, "install_failed", "install failed: no luck")
	if p.Agent != "new" || p.Details["stderr"] != "disk full" {
		t.Errorf("got %+v", p)
	}
	w.post(path, `{"version":"none"}`).refused(400, "invalid_request", "invalid request: agentVersion: there is no version none")
	w.post("/v1/agents/mock/install", `{"reinstall":true}`).want(204)
	if found, _ := w.log.having("installing", "half way"); len(found) != 4 {
		t.Errorf("the log tells of the progress %d times", len(found))
	}
}

// An installation goes on when its caller leaves; a server that stops ends it.
func TestInstallGoesOn(t *testing.T) {
	begun, stopped := make(chan struct{}), make(chan struct{})
	w := start(t, withAgent(installable{bare{"new", false}, func(ctx context.Context, _ adapters.InstallRequest) error {
		close(begun)
		<-ctx.Done()
		close(stopped)
		return ctx.Err()
	}}))
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() { left <- w.sessions.Install(ctx, "new", openapi.InstallAgentRequest{}) }()
	<-begun
	leave()
	<-left
	select {
	case <-stopped:
		t.Error("it ended with its caller")
	default:
	}
	w.stop()
	<-stopped
}
