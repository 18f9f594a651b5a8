// Resume follows a session over a connection that is cut on purpose, again and again, and misses nothing.
// It finds the server by PARLEY_SERVER and PARLEY_TOKEN; the agent may also be named by PARLEY_AGENT.
//
//	go run ./examples/resume [agent [message]]
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

func main() {
	flag.Parse()
	agent := cmp.Or(flag.Arg(0), os.Getenv("PARLEY_AGENT"), "mock")
	message := cmp.Or(flag.Arg(1), "Write a haiku about a river, and explain each of its lines.")
	if err := run(context.Background(), agent, message); err != nil {
		log.Fatalln(err)
	}
}

func run(ctx context.Context, agent, message string) error {
	c, err := client.New(cmp.Or(os.Getenv("PARLEY_SERVER"), "http://127.0.0.1:2468"),
		client.WithToken(os.Getenv("PARLEY_TOKEN")),
		client.WithHTTPClient(&http.Client{Transport: &scissors{bytes: 500}}),
		client.WithRetry(client.Retry{Notify: func(err error, _ time.Duration) { fmt.Printf("    -- %v\n", err) }}))
	if err != nil {
		return err
	}
	session := fmt.Sprintf("resume-%d", time.Now().UnixMilli())
	if _, err := c.CreateSession(ctx, session, openapi.CreateSessionRequest{Agent: agent}); err != nil {
		return err
	}
	if err := c.PostMessage(ctx, session, openapi.MessageRequest{Message: message}); err != nil {
		return err
	}
	var last uint64 // all that a program must remember to go on, also after it was started anew
	for ev, err := range c.Events(ctx, session, last) {
		if err != nil {
			return err
		}
		fmt.Printf("%3d %s\n", ev.Sequence, ev.Type())
		if last++; ev.Sequence != last {
			return fmt.Errorf("event %d came in the place of event %d", ev.Sequence, last)
		}
		if ev.Type() == openapi.EventTurnEnded {
			break
		}
	}
	fmt.Printf("\n%d events over a connection that was cut again and again: none missing, none twice.\n", last)
	return c.TerminateSession(ctx, session)
}

// scissors cut streams: the first one after so many bytes, and each one after twice as many.
type scissors struct{ bytes int64 }

func (s *scissors) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err == nil && resp.Header.Get("Content-Type") == "text/event-stream" {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, s.bytes), resp.Body}
		s.bytes *= 2
	}
	return resp, err
}
