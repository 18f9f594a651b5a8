package protocol_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters/internal/protocol"
)

// plain are the files around a protocol.yaml that is under test.
func plain(protocolYAML []byte) protocol.Files {
	return protocol.Files{
		Settings: []byte(`{"slug": "a", "name": "A", "format": "interactive"}`),
		Protocol: protocolYAML,
		Prompts: map[string][]byte{
			"system": []byte("You are kind.\n"), "plain": []byte("Go on.\n"), "greet": []byte("Hello {{NAME}}.\n"),
		},
	}
}

// TestFaults reads the files of testdata/faults. What is wrong with a line stands behind it, as a comment for each fault.
func TestFaults(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/faults/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			agent, faults := protocol.Parse(plain(content))
			if agent != nil {
				t.Error("an agent with faults")
			}
			if got, want := told(faults), expected(content); !slices.Equal(got, want) {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

var comment = regexp.MustCompile(`# (error|warning): .*`)

// expected are the faults that the comments of a file tell.
func expected(content []byte) (all []string) {
	for i, line := range strings.Split(string(content), "\n") {
		for fault := range strings.SplitSeq(strings.TrimPrefix(comment.FindString(line), "# "), " # ") {
			if fault != "" {
				all = append(all, "protocol.yaml:"+strconv.Itoa(i+1)+": "+fault)
			}
		}
	}
	return all
}

func told(faults []protocol.Fault) (all []string) {
	for _, f := range faults {
		all = append(all, f.String())
	}
	return all
}
