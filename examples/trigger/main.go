// Trigger fires a trigger of an agent session and executes the tools that the agent asks for here, in this program.
// It finds the server by PARLEY_SERVER and PARLEY_TOKEN; the agent may also be named by PARLEY_AGENT.
//
//	go run ./examples/trigger [-agent agent] [-input JSON] [message]
//	go run ./examples/trigger -agent support-agent -input '{"COMPANY_NAME":"Acme"}' 'Where is my order A-1234?'
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

// tools are executed here, whatever this program may reach: files, databases, other services.
var tools = client.Tools{
	"get-time": func(context.Context, json.RawMessage) (any, error) { return time.Now(), nil },
	"get-weather": func(_ context.Context, args json.RawMessage) (any, error) {
		return map[string]any{"for": args, "weather": "sunny", "source": "made up"}, nil
	},
	"find-order": func(context.Context, json.RawMessage) (any, error) {
		return nil, errors.New("there are no orders in an example") // the agent is told
	},
}

func main() {
	agent := flag.String("agent", cmp.Or(os.Getenv("PARLEY_AGENT"), "mock"), "the agent that the trigger is fired at")
	var input map[string]any
	flag.Func("input", "what the session is created with, as `JSON`", func(s string) error { return json.Unmarshal([]byte(s), &input) })
	flag.Parse()
	message := cmp.Or(flag.Arg(0), `call tools get-weather {"city":"Bern"}; get-time {}`)
	if err := run(context.Background(), *agent, input, message); err != nil {
		log.Fatalln(err)
	}
}

func run(ctx context.Context, agent string, input map[string]any, message string) error {
	c, err := client.New(cmp.Or(os.Getenv("PARLEY_SERVER"), "http://127.0.0.1:2468"), client.WithToken(os.Getenv("PARLEY_TOKEN")))
	if err != nil {
		return err
	}
	session, err := c.CreateAgentSession(ctx, openapi.CreateAgentSessionRequest{AgentID: agent, Input: input})
	if err != nil {
		return err
	}
	fmt.Printf("you: %s\n\n", message)
	for ev, err := range c.Trigger(ctx, session.SessionID, "user-message", map[string]any{"USER_MESSAGE": message}, client.WithTools(tools)) {
		if err != nil {
			return err
		}
		show(ev)
	}
	return nil
}

func show(ev openapi.UIEvent) {
	switch ev.Type {
	case openapi.UITextDelta, openapi.UIReasoningDelta:
		fmt.Print(ev.Delta)
	case openapi.UITextEnd, openapi.UIReasoningEnd:
		fmt.Println()
	case openapi.UIToolInputAvailable:
		fmt.Printf("  > %s %s\n", ev.ToolName, ev.Input)
	case openapi.UIToolOutputAvailable, openapi.UIToolOutputError:
		fmt.Printf("  < %s%s\n", ev.Output, ev.Error)
	case openapi.UIResourceUpdate:
		fmt.Printf("  %s = %s\n", ev.Name, ev.Value)
	case openapi.UIError, openapi.UIFinish:
		fmt.Printf("\nThe run is over: %s\n", cmp.Or(ev.Message, ev.FinishReason))
	}
}
