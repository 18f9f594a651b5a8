package ui_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/parleyhq/parley/server/webtest"
)

// TestInspector lets a browser do what people do with the page, against a server of its own for each scenario. Screenshots are
// artifacts of the tests: `go test -artifacts` keeps them.
func TestInspector(t *testing.T) {
	t.Parallel()
	browser := webtest.Browser(t)
	dir := webtest.Packages(t, ".")
	for _, c := range []struct{ scenario, token string }{
		{scenario: "conversation"},
		{scenario: "requests"},
		{scenario: "hostile"},
		{scenario: "events"},
		{scenario: "large"},
		{scenario: "faults"},
		{scenario: "keyboard"},
		{scenario: "phone"},
		{scenario: "images", token: "open sesame"},
		{scenario: "token", token: "open sesame"},
	} {
		t.Run(c.scenario, func(t *testing.T) {
			run := webtest.Command(t, dir, "node", filepath.Join("tests", c.scenario+".mjs"))
			run.Env = append(os.Environ(),
				"URL="+serve(t, c.token), "TOKEN="+c.token, "BROWSER="+browser, "ARTIFACTS="+t.ArtifactDir())
			out, err := run.CombinedOutput()
			t.Logf("%s", out)
			if err != nil {
				t.Error(err)
			}
		})
	}
}
