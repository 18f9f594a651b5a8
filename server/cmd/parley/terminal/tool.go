package terminal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

// tools are local commands by the name of the tool that they execute. A command gets the arguments, a JSON object, on its standard
// input, and prints the result: JSON, or a text.
type tools map[string]string

// parseTools reads NAME=COMMAND.
func parseTools(flags []string) (tools, error) {
	t := tools{}
	for _, f := range flags {
		name, command, ok := strings.Cut(f, "=")
		if !ok || name == "" || strings.TrimSpace(command) == "" {
			return nil, fmt.Errorf("--tool %q is not NAME=COMMAND", f)
		}
		t[name] = command
	}
	return t, nil
}

// tool executes a call and sends its result. Where no tools are executed here, it waits for somebody else; of those that are not
// among them the agent gets an error.
func (t *turn) tool(ctx context.Context, execution string, d openapi.ToolRequestedData) error {
	command, ok := t.tools[d.Name]
	result := openapi.ToolResult{ToolCallID: d.ToolCallID, ToolName: d.Name, Error: new("no command for this tool")}
	switch {
	case t.tools == nil:
		t.notes.line(t.notes.paint.yellow, "tool "+flat(d.Name, 60)+" waits for the program that executes it")
		return nil
	case ok:
		result = execute(ctx, command, d)
	default:
		t.notes.line(t.notes.paint.red, fmt.Sprintf("tool %s has no command: --tool %s=COMMAND executes it", flat(d.Name, 60), flat(d.Name, 60)))
	}
	return t.send(ctx, openapi.TriggerRequest{ExecutionID: execution, ToolResults: []openapi.ToolResult{result}})
}

// send gives results to the turn. Its events come by the stream that is followed already.
func (t *turn) send(ctx context.Context, req openapi.TriggerRequest) error {
	for _, err := range t.client.TriggerSession(ctx, t.session, req, client.AsSent()) {
		return late(err)
	}
	return nil
}

// execute runs a command. Its failure is the tool's, which the agent is told.
func execute(ctx context.Context, command string, d openapi.ToolRequestedData) openapi.ToolResult {
	r := openapi.ToolResult{ToolCallID: d.ToolCallID, ToolName: d.Name}
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(d.Arguments), &out, &errs
	cmd.WaitDelay = time.Second // what it has started may live on, and is not waited for
	if err := cmd.Run(); err != nil {
		text := strings.TrimSpace(errs.String())
		if _, exited := errors.AsType[*exec.ExitError](err); !exited || text == "" {
			text = strings.TrimSpace(err.Error() + ": " + text)
		}
		r.Error = &text
		return r
	}
	r.Result = resultOf(out.Bytes())
	return r
}

// resultOf takes what was printed as JSON, or else as a text.
func resultOf(printed []byte) json.RawMessage {
	printed = bytes.TrimSpace(printed)
	if json.Valid(printed) {
		return printed
	}
	text, _ := json.Marshal(string(printed)) // a string is always encoded
	return text
}
