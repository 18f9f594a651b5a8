package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestEveryCommand looks that no command is without its help, its form for programs and its script.
func TestEveryCommand(t *testing.T) {
	t.Parallel()
	lines := scriptLines(t)
	for _, cmd := range leaves(newRoot()) {
		path := cmd.CommandPath()
		if cmd.Short == "" || cmd.Example == "" {
			t.Errorf("%s has no help, or no example", path)
		}
		runs := regexp.MustCompile(`(^|\s)` + regexp.QuoteMeta(path) + `(\s|$)`)
		if path == "parley serve" {
			continue // every script with a server runs it, and it prints its log
		}
		tried := strings.Join(matching(lines, runs), "\n")
		if tried == "" {
			t.Errorf("%s has no script", path)
		}
		if cmd.Flag("json") == nil || !strings.Contains(tried, "--json") {
			t.Errorf("%s has no --json, or no script with it", path)
		}
	}
}

// TestEveryTerminal runs what asks people at a terminal.
func TestEveryTerminal(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"run", "chat"} {
		if len(matching(scriptLines(t), regexp.MustCompile(`^tty \d+ \S+ parley `+name+` `))) == 0 {
			t.Errorf("%s is not tried at a terminal", name)
		}
	}
}

// leaves are the commands that do something; those that cobra adds are its own.
func leaves(cmd *cobra.Command) []*cobra.Command {
	if !cmd.HasSubCommands() {
		return []*cobra.Command{cmd}
	}
	var all []*cobra.Command
	for _, below := range cmd.Commands() {
		all = append(all, leaves(below)...)
	}
	return all
}

func scriptLines(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(scripts, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	var lines []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Split(string(text), "\n")...)
	}
	return lines
}

func matching(lines []string, what *regexp.Regexp) []string {
	var found []string
	for _, line := range lines {
		if what.MatchString(line) && !strings.HasPrefix(line, "! ") {
			found = append(found, line)
		}
	}
	return found
}
