package terminal

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/openapi"
)

func newTrigger(t *terminal) *cobra.Command {
	k := &talk{terminal: t}
	var input string
	var commands []string
	cmd := &cobra.Command{
		Use:   "trigger SESSION NAME",
		Short: "Fire a trigger of a session, and print its turn",
		Long: `Fire a trigger of a session, and print its turn as run does. Tools that the agent wants executed by its client are
executed by local commands: a command gets the arguments as JSON on standard input, and prints the result.`,
		Example: `  parley trigger support user-message --input '{"USER_MESSAGE": "Where is my order?"}' --tool get-order=./get-order.sh`,
		Args:    cobra.ExactArgs(2), ValidArgsFunction: t.completeSession,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			req := openapi.TriggerRequest{TriggerName: args[1]}
			if input != "" {
				if err := json.Unmarshal([]byte(input), &req.Input); err != nil {
					return fmt.Errorf("--input is no JSON object: %w", err)
				}
			}
			if k.tools, err = parseTools(commands); err != nil {
				return err
			}
			return k.trigger(cmd, args[0], req)
		},
	}
	cmd.Flags().StringVar(&input, "input", "", "input of the trigger, a JSON `object`")
	cmd.Flags().StringArrayVar(&commands, "tool", nil, "a local command that executes a tool, as `NAME=COMMAND`; repeatable")
	k.add(cmd.Flags())
	return cmd
}

func (k *talk) trigger(cmd *cobra.Command, session string, req openapi.TriggerRequest) error {
	c, err := k.dial()
	if err != nil {
		return err
	}
	stop, err := k.begin(cmd, c)
	if err != nil {
		return err
	}
	defer stop()
	return k.follow(cmd.Context(), session, c.TriggerSession(cmd.Context(), session, req))
}
