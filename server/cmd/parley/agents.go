package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/adapters"
)

func newAgents() *cobra.Command {
	var s agentSettings
	cmd := &cobra.Command{Use: "agents", Short: "List and install agents"}
	s.add(cmd.PersistentFlags())
	nameVariables(cmd.PersistentFlags())
	known := func() ([]adapters.Adapter, error) { return s.agents(slog.New(slog.DiscardHandler)) }
	cmd.AddCommand(&cobra.Command{
		Use:   "list",
		Short: "List the agents that the server can start",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := known()
			if err != nil {
				return err
			}
			return listAgents(cmd.Context(), list, cmd.OutOrStdout())
		},
	}, &cobra.Command{
		Use:   "install NAME[@VERSION]",
		Short: "Install an agent's program",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			list, err := known()
			if err != nil {
				return err
			}
			return installAgent(cmd.Context(), list, args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	})
	return cmd
}

func listAgents(ctx context.Context, known []adapters.Adapter, out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "AGENT\tINSTALLED\tLOGIN\tVERSION\tPROGRAM")
	for _, a := range known {
		info := a.Info(ctx)
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", info.ID, yes(info.Installed), yes(info.CredentialsAvailable), dash(info.Version), dash(info.Path))
	}
	return table.Flush()
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func installAgent(ctx context.Context, known []adapters.Adapter, name string, out, stderr io.Writer) error {
	id, wanted, _ := strings.Cut(name, "@")
	adapter, err := find(ctx, known, id)
	if err != nil {
		return err
	}
	installer, ok := adapter.(adapters.Installer)
	if !ok {
		return fmt.Errorf("agent %s cannot be installed by parley", id)
	}
	progress := startProgress(stderr, "installing "+name)
	info, err := installer.Install(ctx, adapters.InstallRequest{Version: wanted, Progress: progress.line})
	progress.end()
	if failed, ok := errors.AsType[*adapters.InstallError](err); ok && failed.Stderr != "" {
		fmt.Fprintln(stderr, strings.TrimRight(failed.Stderr, "\n"))
	}
	if err != nil {
		return fmt.Errorf("agent %s was not installed: %w", id, err)
	}
	_, err = fmt.Fprintf(out, "%s %s is installed at %s\n", info.ID, info.Version, info.Path)
	return err
}

func find(ctx context.Context, known []adapters.Adapter, id string) (adapters.Adapter, error) {
	var ids []string
	for _, a := range known {
		info := a.Info(ctx)
		if info.ID == id {
			return a, nil
		}
		ids = append(ids, info.ID)
	}
	return nil, fmt.Errorf("there is no agent %q; the agents are %s", id, strings.Join(ids, ", "))
}
