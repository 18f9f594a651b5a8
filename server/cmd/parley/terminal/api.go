package terminal

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

func newAPI(t *terminal) *cobra.Command {
	a := &apiCall{terminal: t}
	cmd := &cobra.Command{
		Use:   "api METHOD PATH",
		Short: "Send any request to the server, and print the answer",
		Long: `Send any request to the server, and print the answer as it comes. The exit code is 1 when the server refuses.
What the API takes is in its document: parley openapi.`,
		Example: `  parley api GET /v1/health
  parley api POST /v1/sessions/refactoring -d '{"agent": "mock"}'
  parley api PATCH /api/agents/support -d @definition.json`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error { return a.run(cmd, strings.ToUpper(args[0]), args[1]) },
	}
	cmd.Flags().StringVarP(&a.data, "data", "d", "", "body; @`FILE` reads a file, - standard input")
	cmd.Flags().StringArrayVarP(&a.headers, "header", "H", nil, "header, as `NAME: VALUE`; repeatable")
	return cmd
}

// apiCall is a request of the caller's own.
type apiCall struct {
	*terminal
	data    string
	headers []string
}

func (a *apiCall) run(cmd *cobra.Command, method, path string) error {
	header, err := a.header(cmd.Flags().Changed("data"))
	if err != nil {
		return err
	}
	body, err := a.body(cmd)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	c, err := a.remote.client()
	if err != nil {
		return err
	}
	resp, err := c.Do(cmd.Context(), method, path, header, body)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.Copy(a.harmless(cmd), resp.Body); err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("the server answers %s", resp.Status)
	}
	return nil
}

func (a *apiCall) header(body bool) (http.Header, error) {
	header := http.Header{}
	if body {
		header.Set("Content-Type", "application/json")
	}
	for _, h := range a.headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok || strings.TrimSpace(name) == "" {
			return nil, fmt.Errorf("--header %q is not NAME: VALUE", h)
		}
		header.Set(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	return header, nil
}

func (a *apiCall) body(cmd *cobra.Command) (io.ReadCloser, error) {
	switch {
	case a.data == "-":
		return io.NopCloser(cmd.InOrStdin()), nil
	case strings.HasPrefix(a.data, "@"):
		return os.Open(a.data[1:])
	case a.data == "":
		return http.NoBody, nil
	}
	return io.NopCloser(strings.NewReader(a.data)), nil
}

// harmless is standard output: it shows a person what does no harm, and gives a program every byte.
func (t *terminal) harmless(cmd *cobra.Command) io.Writer {
	if out := cmd.OutOrStdout(); !isTerminal(out) || t.json {
		return out
	}
	return &cleaner{out: newConsole(cmd.OutOrStdout())}
}

// cleaner makes what is written harmless. A character that is cut in two by writes waits for its rest.
type cleaner struct {
	out  *console
	rest []byte
}

// Write implements io.Writer.
func (c *cleaner) Write(b []byte) (int, error) {
	text := append(c.rest, b...)
	whole := len(text)
	for i := 1; i <= min(utf8.UTFMax, len(text)); i++ {
		if tail := text[len(text)-i:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				whole -= i
			}
			break
		}
	}
	c.out.say(c.out.paint.plain, string(text[:whole]))
	c.rest = append([]byte(nil), text[whole:]...)
	return len(b), nil
}
