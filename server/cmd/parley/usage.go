package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// strict makes a command, and those below it, say what they take where they are given something else.
func strict(cmd *cobra.Command) {
	for _, below := range cmd.Commands() {
		strict(below)
	}
	if cmd.HasSubCommands() {
		cmd.Args, cmd.RunE = noOther, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		cmd.DisableFlagsInUseLine, cmd.SuggestionsMinimumDistance = true, 2
		return
	}
	check := cmd.Args
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return fmt.Errorf("%w; it is `%s`", err, cmd.UseLine())
		}
		return nil
	}
}

// noOther refuses a command that is not there: a script with a slip of the pen must not go on as if it had run.
func noOther(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	unknown := fmt.Sprintf("unknown command %q for %q", args[0], cmd.CommandPath())
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return fmt.Errorf("%s; did you mean %s?", unknown, strings.Join(near, " or "))
	}
	return fmt.Errorf("%s; `%s --help` lists what there is", unknown, cmd.CommandPath())
}
