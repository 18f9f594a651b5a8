package acp

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
)

// facts is what an agent has told of itself when it was started. Before that, it is what is known of it beforehand.
type facts struct {
	Told    bool         `json:"told"` // by the program itself
	About   initialized  `json:"about"`
	Session sessionState `json:"session"` // as a new one is
}

// memory keeps the facts of an adapter's programs, in memory and in files, so that a server that was started again knows
// the modes and models of agents that it has not started yet.
type memory struct {
	dir string // of this agent

	mu    sync.Mutex
	known map[string]facts // by command
}

// recall gives what a command has told; false when it never has.
func (m *memory) recall(command string) (facts, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.known[command]
	if !ok {
		content, err := os.ReadFile(m.file(command))
		ok = err == nil && json.Unmarshal(content, &f) == nil && f.Told
		if ok {
			m.known[command] = f
		}
	}
	return f, ok
}

// keep remembers what a command has told.
func (m *memory) keep(command string, f facts) error {
	f.Told, f.Session.SessionID = true, ""
	m.mu.Lock()
	defer m.mu.Unlock()
	if reflect.DeepEqual(m.known[command], f) {
		return nil
	}
	m.known[command] = f
	content, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return replace(m.file(command), content)
}

func (m *memory) file(command string) string {
	sum := sha256.Sum256([]byte(command))
	return filepath.Join(m.dir, hex.EncodeToString(sum[:8])+".json")
}

// replace writes a file as a whole: whoever reads it at the same time sees the old one or the new one.
func replace(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

// commandKey tells commands apart, with the version of the program where that is known without starting it.
func commandKey(words []string, version string) string {
	return strings.Join(append(words, version), "\x00")
}
