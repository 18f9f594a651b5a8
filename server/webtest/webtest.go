// Package webtest gives tests the real programs of the web: Node with npm packages, Python with its own, and a browser.
// What it installs it keeps in the tests' cache.
//
// A test that needs them is left out by -short, and on a machine that lacks them, unless CI=true.
package webtest

import (
	"os"
	"os/exec"
	"testing"
)

// Browser is the path of a Chromium: PARLEY_TEST_BROWSER, or chromium on PATH.
func Browser(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("PARLEY_TEST_BROWSER"); path != "" {
		return path
	}
	return need(t, "chromium")
}

// Command is a program that ends with the test.
func Command(t testing.TB, dir, name string, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), need(t, name), args...)
	c.Dir = dir
	return c
}

// need finds a program.
func need(t testing.TB, name string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("runs " + name + ": left out by -short")
	}
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatal(err)
	default:
		t.Skipf("%v (with CI=true this fails)", err)
	}
	return path
}
