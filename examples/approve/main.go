// Approve lets you decide what an agent may do: what the agent asks in the middle of a turn, it asks you.
// It finds the server by PARLEY_SERVER and PARLEY_TOKEN; the agent may also be named by PARLEY_AGENT.
//
//	go run ./examples/approve [agent [message...]]
package main

import (
	"bufio"
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
	messages := []string{"List files in the current directory using available tools.",
		"Use the AskUserQuestion tool to ask exactly one yes/no question, then wait for a reply. Do not answer yourself."}
	if flag.NArg() > 1 {
		messages = flag.Args()[1:]
	}
	if err := run(context.Background(), agent, messages); err != nil {
		log.Fatalln(err)
	}
}

func run(ctx context.Context, agent string, messages []string) error {
	c, err := client.New(cmp.Or(os.Getenv("PARLEY_SERVER"), "http://127.0.0.1:2468"), client.WithToken(os.Getenv("PARLEY_TOKEN")))
	if err != nil {
		return err
	}
	session := fmt.Sprintf("approve-%d", time.Now().UnixMilli())
	if _, err := c.CreateSession(ctx, session, openapi.CreateSessionRequest{Agent: agent}); err != nil {
		return err
	}
	you := bufio.NewScanner(os.Stdin)
	for _, message := range messages {
		fmt.Printf("\nyou: %s\n", message)
		for ev, err := range c.StreamMessage(ctx, session, openapi.MessageRequest{Message: message}) {
			if err := errors.Join(err, handle(ctx, c, ev, you)); err != nil {
				return err
			}
		}
	}
	return c.TerminateSession(ctx, session)
}

// handle answers what is asked; without an answer of yours the agent may nothing.
func handle(ctx context.Context, c *client.Client, ev openapi.Event, you *bufio.Scanner) error {
	switch d := ev.Data.(type) {
	case openapi.PermissionRequestedData:
		fmt.Printf("\n%s %v\nAllow? [y]es, [a]lways, [n]o: ", d.Action, d.Metadata)
		you.Scan()
		reply := map[string]openapi.PermissionReply{"y": openapi.PermissionReplyOnce, "a": openapi.PermissionReplyAlways}[you.Text()]
		return c.ReplyPermission(ctx, ev.SessionID, d.PermissionID, cmp.Or(reply, openapi.PermissionReplyReject))
	case openapi.QuestionRequestedData:
		fmt.Printf("\n%s %q\nYour answer: ", d.Prompt, d.Options)
		if !you.Scan() {
			return c.RejectQuestion(ctx, ev.SessionID, d.QuestionID)
		}
		return c.ReplyQuestion(ctx, ev.SessionID, d.QuestionID, [][]string{{you.Text()}})
	case openapi.PermissionResolvedData:
		fmt.Printf("%s: %s\n", d.Action, d.Status)
	case openapi.ItemDeltaData:
		fmt.Print(d.Delta)
	case openapi.TurnEndedData:
		fmt.Printf("\nThe turn is %s.\n", d.Status)
	}
	return nil
}
