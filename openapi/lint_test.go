package openapi_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/webtest"
)

// TestLint holds the document to what a public linter recommends; redocly.yaml has the exceptions and their reasons.
func TestLint(t *testing.T) {
	t.Parallel()
	dir := webtest.Packages(t, "testdata/lint")
	if err := os.WriteFile(filepath.Join(dir, "openapi.yaml"), openapi.Document, 0o644); err != nil {
		t.Fatal(err)
	}
	lint := webtest.Command(t, dir, filepath.Join(dir, "node_modules/.bin/redocly"), "lint", "openapi.yaml")
	lint.Env = append(os.Environ(), "REDOCLY_SUPPRESS_UPDATE_NOTICE=true")
	if out, err := lint.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
