package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/server/store/sqlite"
)

func newCheck() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "check [FILE]",
		Short:   "Read a whole data file and report what is wrong with it",
		Long:    "Read a whole data file, without changing it, and report what is wrong with it. No server may be using it.",
		Example: "  parley check",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{dataFile(dir)}
			}
			return check(cmd, args[0], asJSON)
		},
	}
	addDataDir(cmd.Flags(), &dir)
	nameVariables(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}

func check(cmd *cobra.Command, file string, asJSON bool) error {
	report, err := sqlite.Check(cmd.Context(), file)
	if err != nil {
		return err
	}
	if err := printReport(cmd.OutOrStdout(), file, report, asJSON); err != nil {
		return err
	}
	if n := len(report.Faults); n > 0 {
		return fmt.Errorf("%s has %d faults; restore it from a backup, or delete the sessions that are named", file, n)
	}
	return nil
}

func printReport(out io.Writer, file string, report sqlite.Report, asJSON bool) error {
	if asJSON {
		faults := make([]string, len(report.Faults))
		for i, fault := range report.Faults {
			faults[i] = fmt.Sprint(fault)
		}
		return json.NewEncoder(out).Encode(map[string]any{
			"file": file, "sessions": report.Sessions, "events": report.Events, "bytes": report.Bytes, "receipts": report.Receipts, "faults": faults,
		})
	}
	fmt.Fprintf(out, "%s: %d sessions, %d events (%d bytes), %d receipts\n", file, report.Sessions, report.Events, report.Bytes, report.Receipts)
	for _, fault := range report.Faults {
		fmt.Fprintln(out, fault)
	}
	if len(report.Faults) == 0 {
		fmt.Fprintln(out, "no faults")
	}
	return nil
}
