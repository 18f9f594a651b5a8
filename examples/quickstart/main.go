// Quickstart creates a session, sends a message and prints what the agent does while it does it.
// It finds the server by PARLEY_SERVER and PARLEY_TOKEN; the agent may also be named by PARLEY_AGENT.
//
//	go run ./examples/quickstart [agent [message]]
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

func main() {
	flag.Parse()
	agent := cmp.Or(flag.Arg(0), os.Getenv("PARLEY_AGENT"), "mock")
	message := cmp.Or(flag.Arg(1), "Say hello, and tell me in two sentences what you can do.")
	if err := run(context.Background(), agent, message); err != nil {
		log.Fatalln(err)
	}
}

func run(ctx context.Context, agent, message string) error {
	server := cmp.Or(os.Getenv("PARLEY_SERVER"), "http://127.0.0.1:2468")
	c, err := client.New(server, client.WithToken(os.Getenv("PARLEY_TOKEN")))
	if err != nil {
		return err
	}
	session := fmt.Sprintf("quickstart-%d", time.Now().UnixMilli())
	if _, err := c.CreateSession(ctx, session, openapi.CreateSessionRequest{Agent: agent}); err != nil {
		return err
	}
	fmt.Printf("Session %s with %s on %s\n\nyou: %s\n\n%s: ", session, agent, server, message, agent)

	for ev, err := range c.StreamMessage(ctx, session, openapi.MessageRequest{Message: message}) {
		if err != nil {
			return err
		}
		switch d := ev.Data.(type) {
		case openapi.ItemDeltaData:
			fmt.Print(d.Delta)
		case openapi.ItemCompletedData:
			showTools(d.Item)
		case openapi.ErrorData:
			fmt.Printf("\n  ! %s\n", d.Message)
		case openapi.PermissionRequestedData, openapi.QuestionRequestedData:
			return errors.Join(errors.New("the agent asks you something; examples/approve answers"), c.TerminateSession(ctx, session))
		case openapi.TurnEndedData:
			fmt.Printf("\n\nThe turn is %s, %d events in.\n", d.Status, ev.Sequence)
		}
	}
	return c.TerminateSession(ctx, session)
}

func showTools(item openapi.Item) {
	for _, part := range item.Content {
		switch p := part.Part.(type) {
		case openapi.ToolCallPart:
			fmt.Printf("\n  > %s %s\n", p.Name, p.Arguments)
		case openapi.FileRefPart:
			fmt.Printf("\n  > %s %s\n", p.Action, p.Path)
		}
	}
}
