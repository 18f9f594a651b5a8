package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/server/store/sqlite"
)

func newCheck() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Read a whole data file and report what is wrong with it",
		Long:  "Read a whole data file, without changing it, and report what is wrong with it. No server may be using it.",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{dataFile(dir)}
			}
			return check(cmd, args[0])
		},
	}
	addDataDir(cmd.Flags(), &dir)
	nameVariables(cmd.Flags())
	return cmd
}

func check(cmd *cobra.Command, file string) error {
	report, err := sqlite.Check(cmd.Context(), file)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "%s: %d sessions, %d events (%d bytes), %d receipts\n", file, report.Sessions, report.Events, report.Bytes, report.Receipts)
	for _, fault := range report.Faults {
		fmt.Fprintln(out, fault)
	}
	if n := len(report.Faults); n > 0 {
		return fmt.Errorf("%s has %d faults; restore it from a backup, or delete the sessions that are named", file, n)
	}
	_, err = fmt.Fprintln(out, "no faults")
	return err
}
