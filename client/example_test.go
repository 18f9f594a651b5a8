package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

// Create a session, send a message, and print what the agent says as it says it.
func Example() {
	ctx := context.Background()
	c, err := client.New(serverURL, client.WithToken("")) // such as http://127.0.0.1:2468
	if err != nil {
		log.Fatal(err)
	}
	if _, err := c.CreateSession(ctx, "hello", openapi.CreateSessionRequest{Agent: "mock"}); err != nil {
		log.Fatal(err)
	}
	for ev, err := range c.StreamMessage(ctx, "hello", openapi.MessageRequest{Message: "Good morning!"}) {
		if err != nil {
			log.Fatal(err)
		}
		switch d := ev.Data.(type) {
		case openapi.ItemDeltaData:
			fmt.Print(d.Delta)
		case openapi.TurnEndedData:
			fmt.Printf("\n(%s)\n", d.Status)
		}
	}
	if err := c.DeleteSession(ctx, "hello"); err != nil {
		log.Fatal(err)
	}
	// Output:
	// Good morning!
	// (completed)
}

// Answer the agent in the loop of its turn.
func ExampleClient_StreamMessage() {
	ctx := context.Background()
	c, err := client.New(serverURL)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := c.CreateSession(ctx, "answers", openapi.CreateSessionRequest{Agent: "mock"}); err != nil {
		log.Fatal(err)
	}
	for ev, err := range c.StreamMessage(ctx, "answers", openapi.MessageRequest{Message: "permission"}) {
		if err != nil {
			log.Fatal(err)
		}
		switch d := ev.Data.(type) {
		case openapi.PermissionRequestedData:
			reply := openapi.PermissionReplyOnce
			if d.Action == "file_change" {
				reply = openapi.PermissionReplyReject
			}
			if err := c.ReplyPermission(ctx, ev.SessionID, d.PermissionID, reply); err != nil {
				log.Fatal(err)
			}
		case openapi.PermissionResolvedData:
			fmt.Println(d.Action, d.Status)
		case openapi.TurnEndedData:
			fmt.Println("turn", d.Status)
		}
	}
	if err := c.DeleteSession(ctx, "answers"); err != nil {
		log.Fatal(err)
	}
	// Output:
	// command_execution accept
	// file_change reject
	// turn completed
}

// Read a session's log to its end. The sequence of the last event that was seen is all that must be kept to go on
// later, in another program too.
func ExampleClient_Events() {
	ctx := context.Background()
	c, err := client.New(serverURL)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := c.CreateSession(ctx, "log", openapi.CreateSessionRequest{Agent: "mock"}); err != nil {
		log.Fatal(err)
	}
	if err := c.TerminateSession(ctx, "log"); err != nil {
		log.Fatal(err)
	}
	for ev, err := range c.Events(ctx, "log", 0) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(ev.Sequence, ev.Type())
	}
	if err := c.DeleteSession(ctx, "log"); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 1 session.started
	// 2 session.ended
}

// What the server refuses is an *Error, and of a kind.
func ExampleError() {
	ctx := context.Background()
	c, err := client.New(serverURL)
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.GetSession(ctx, "nobody's")
	fmt.Println(errors.Is(err, client.ErrNotFound), err)

	_, err = c.CreateSession(ctx, "plans", openapi.CreateSessionRequest{Agent: "mock", AgentMode: "ponder"})
	var refused *client.Error
	if errors.As(err, &refused) {
		fmt.Println(refused.Problem.Status, refused.Problem.Code)
	}
	// Output:
	// true parley: session not found: nobody's (404)
	// 400 mode_not_supported
}

// Page through the sessions of a server.
func ExampleClient_ListSessions() {
	ctx := context.Background()
	c, err := client.New(serverURL)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := c.CreateSession(ctx, "titled", openapi.CreateSessionRequest{Agent: "mock", Title: "Clean up"}); err != nil {
		log.Fatal(err)
	}
	page, err := c.ListSessions(ctx, openapi.ListSessionsParams{Limit: 1})
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range page.Sessions {
		fmt.Println(s.SessionID, s.Agent, s.Status, *s.Title)
	}
	if err := c.DeleteSession(ctx, "titled"); err != nil {
		log.Fatal(err)
	}
	// Output:
	// titled mock idle Clean up
}
