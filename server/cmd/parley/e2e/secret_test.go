package e2e

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// toolKey is a key for the tools of a client, as agents show it.
var toolKey = regexp.MustCompile(`Bearer [A-Z2-7]{26}`)

// noKeys: of the keys that agents had, none is in what a server has said and left, neither in a file of its own nor of an agent's.
func noKeys(t *testing.T, s *server) {
	t.Helper()
	if said := s.out.String(); toolKey.MatchString(said) {
		t.Errorf("the server said a key:\n%s", said)
	}
	all := filepath.Dir(s.data) // of the test's directories
	err := filepath.WalkDir(all, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if key := toolKey.FindIndex(content); key != nil {
			t.Errorf("%s has a key: %s", path, content[max(0, key[0]-200):key[1]])
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
