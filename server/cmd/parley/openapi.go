package main

import (
	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server"
)

func newOpenAPI() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "openapi",
		Short:   "Print the API's OpenAPI document",
		Example: "  parley openapi --json > openapi.json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			document := openapi.Document
			if asJSON {
				var err error
				if document, err = server.DocumentJSON(); err != nil {
					return err
				}
			}
			_, err := cmd.OutOrStdout().Write(document)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return cmd
}
