// Package sessiondir keeps what the program of a session is given besides its command line and its input: files with secrets
// in them, which on a command line everybody on the machine could read, and copies that are not to be in the user's project.
//
// It imports the standard library only; the adapters that start a program for each session call it.
package sessiondir

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
)

// Dir is the directory of one session, which nobody but the server's user can read. It is to be there as long as the program.
// The empty one is none.
type Dir string

// Of is the absolute path of a session's directory below the server's data. The session's name may be any text.
func Of(dataDir, agent, session string) (Dir, error) {
	sum := sha256.Sum256([]byte(session))
	path, err := filepath.Abs(filepath.Join(dataDir, agent, "sessions", hex.EncodeToString(sum[:12])))
	return Dir(path), err
}

// Make makes the directory, and empties one that was left by a server that was killed.
func (d Dir) Make() error {
	if err := os.RemoveAll(string(d)); err != nil {
		return err
	}
	return os.MkdirAll(string(d), 0o700)
}

// Remove removes the directory and all that is in it.
func (d Dir) Remove() error {
	if d == "" {
		return nil
	}
	return os.RemoveAll(string(d))
}

// Path is a place in the directory.
func (d Dir) Path(elements ...string) string {
	return filepath.Join(append([]string{string(d)}, elements...)...)
}

// WriteJSON writes a file, and makes the directories above it.
func (d Dir) WriteJSON(v any, elements ...string) error {
	content, err := json.Marshal(v)
	if err != nil {
		return err
	}
	path := d.Path(elements...)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o600)
}
