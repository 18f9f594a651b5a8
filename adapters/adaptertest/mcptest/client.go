package mcptest

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// Key is the secret of ClientOptions' server, as which nobody but the agent may know it.
const Key = "a-key-that-is-not-told-0815"

// ClientOptions are those of a session whose client has the tool: the server parley offers it. Its server parley_x, or
// parley__x, is another one, whose name begins alike.
func ClientOptions(t testing.TB) adapters.Options {
	t.Helper()
	client, other := Start(t).Remote(), Start(t).Remote()
	client.Headers = openapi.StringMap{"Authorization": "Bearer " + Key}
	client.OAuth.Disabled = true
	return adapters.Options{
		MCP:         map[string]openapi.MCPServer{"parley": client, "parley_x": other, "parley__x": other},
		ToolServer:  "parley",
		ClientTools: []string{Tool},
	}
}

// Told are the files below some directories that have the key.
func Told(t testing.TB, dirs ...string) (found []string) {
	t.Helper()
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			content, err := os.ReadFile(path)
			if bytes.Contains(content, []byte(Key)) {
				found = append(found, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}
