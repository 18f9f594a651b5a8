package protocol

import (
	"errors"
	"io/fs"
	"path"
	"strings"
)

// The names of a definition's files.
const (
	settingsFile = "settings.json"
	protocolFile = "protocol.yaml"
	promptsDir   = "prompts"
	promptExt    = ".md"
)

// Files are the texts of a definition.
type Files struct {
	Settings []byte            // settings.json; nil = missing
	Protocol []byte            // protocol.yaml; nil = missing
	Prompts  map[string][]byte // prompts/NAME.md by NAME, which may have slashes
}

// ReadDir reads an agent's folder. That a file is missing is no error here but a fault that Parse finds; other files than a
// definition's are left alone.
func ReadDir(dir fs.FS) (Files, error) {
	files := Files{Prompts: map[string][]byte{}}
	var err error
	if files.Settings, err = readFile(dir, settingsFile); err != nil {
		return Files{}, err
	}
	if files.Protocol, err = readFile(dir, protocolFile); err != nil {
		return Files{}, err
	}
	if err := readPrompts(dir, files.Prompts); err != nil {
		return Files{}, err
	}
	return files, nil
}

func readFile(dir fs.FS, name string) ([]byte, error) {
	content, err := fs.ReadFile(dir, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return content, err
}

func readPrompts(dir fs.FS, prompts map[string][]byte) error {
	return fs.WalkDir(dir, promptsDir, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case name == promptsDir && errors.Is(err, fs.ErrNotExist):
			return fs.SkipAll
		case err != nil:
			return err
		case entry.IsDir() || path.Ext(name) != promptExt:
			return nil
		}
		content, err := fs.ReadFile(dir, name)
		prompts[promptName(name)] = content
		return err
	})
}

func promptPath(name string) string { return promptsDir + "/" + name + promptExt }

func promptName(file string) string {
	return strings.TrimSuffix(strings.TrimPrefix(file, promptsDir+"/"), promptExt)
}
