package amp

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/parleyhq/parley/adapters/internal/proc"
)

// left lists the living processes that this one has started for an agent, and their descendants: they carry its mark.
func left(t testing.TB) []string {
	t.Helper()
	entries, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	mark := []byte(" " + strconv.Itoa(os.Getpid()) + " ")
	for _, path := range entries {
		env, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		for variable := range bytes.SplitSeq(env, []byte{0}) {
			if value, ok := bytes.CutPrefix(variable, []byte(proc.MarkVariable+"=")); ok && bytes.Contains(append(value, ' '), mark) {
				command, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
				found = append(found, fmt.Sprintf("%s %q", filepath.Base(filepath.Dir(path)), command))
			}
		}
	}
	return found
}
