package declared

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/openapi"
)

// A folder is made beside, under the first name, and put in its place by renaming. One that it replaces has the second name
// meanwhile.
const (
	newPrefix = ".new-"
	oldPrefix = ".old-"
)

// Create implements adapters.Library.
func (l *Library) Create(_ context.Context, r openapi.AgentDefinitionRequest) (string, error) {
	files, twice := filesOf(r)
	if err := valid(files, twice); err != nil {
		return "", err
	}
	defer l.look()()
	id := r.Settings.Slug
	return id, l.write(func(root *os.Root) error {
		if _, err := root.Lstat(id); err == nil {
			return adapters.ErrDefinitionExists
		}
		if err := writeFolder(root, newPrefix+id, files); err != nil {
			return err
		}
		return root.Rename(newPrefix+id, id)
	})
}

// Update implements adapters.Library. Settings, and files that are no definition's, stay.
func (l *Library) Update(_ context.Context, id string, r openapi.AgentDefinitionUpdate) error {
	defer l.look()()
	f := l.folders[id]
	if f == nil {
		return adapters.ErrNoDefinition
	}
	files, twice := filesOf(openapi.AgentDefinitionRequest{Protocol: r.Protocol, Prompts: r.Prompts})
	files.Settings = f.files.Settings
	if err := valid(files, twice); err != nil {
		return err
	}
	return l.write(func(root *os.Root) error {
		if err := writeFolder(root, newPrefix+id, files); err != nil {
			return err
		}
		if err := keepOthers(root, id, newPrefix+id); err != nil {
			return err
		}
		return replace(root, id)
	})
}

// write changes the folders, and reads what has become of them. l.mu is held.
func (l *Library) write(change func(*os.Root) error) error {
	root, err := os.OpenRoot(l.dir)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // nothing is written through it
	if err := change(root); err != nil {
		return err
	}
	return l.check()
}

func writeFolder(root *os.Root, name string, files protocol.Files) error {
	if err := root.RemoveAll(name); err != nil {
		return err
	}
	all := map[string][]byte{settingsFile: files.Settings, protocolFile: files.Protocol}
	for prompt, content := range files.Prompts {
		all["prompts/"+prompt+".md"] = content
	}
	for file, content := range all {
		if err := writeFile(root, path.Join(name, file), content); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(root *os.Root, name string, content []byte) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	return root.WriteFile(name, content, 0o644)
}

// keepOthers copies what the new version does not say itself, and the time of the settings, which is the agent's age.
func keepOthers(root *os.Root, from, to string) error {
	dir, err := root.OpenRoot(from)
	if err != nil {
		return err
	}
	defer dir.Close() //nolint:errcheck // it was only read from
	err = fs.WalkDir(dir.FS(), ".", func(file string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || isDefinition(file) {
			return err
		}
		content, err := dir.ReadFile(file)
		if err != nil {
			return err
		}
		return writeFile(root, path.Join(to, file), content)
	})
	if err != nil {
		return err
	}
	settings, err := dir.Stat(settingsFile)
	if err != nil {
		return err
	}
	return root.Chtimes(path.Join(to, settingsFile), time.Time{}, settings.ModTime())
}

func isDefinition(file string) bool {
	return file == settingsFile || file == protocolFile || strings.HasPrefix(file, "prompts/") && path.Ext(file) == ".md"
}

// replace puts the new folder in the place of the one that is there.
func replace(root *os.Root, id string) error {
	if err := root.Rename(id, oldPrefix+id); err != nil {
		return err
	}
	if err := root.Rename(newPrefix+id, id); err != nil {
		return errors.Join(err, root.Rename(oldPrefix+id, id))
	}
	return root.RemoveAll(oldPrefix + id)
}

// recover finishes what a server that was killed has left: the old folder comes back where the new one was not in its place.
func (l *Library) recover() error {
	return l.each(func(root *os.Root, name string) error {
		id, old := strings.CutPrefix(name, oldPrefix)
		if _, err := root.Lstat(id); old && errors.Is(err, fs.ErrNotExist) {
			return root.Rename(name, id)
		}
		if old || strings.HasPrefix(name, newPrefix) {
			return root.RemoveAll(name)
		}
		return nil
	})
}

func (l *Library) each(do func(root *os.Root, name string) error) error {
	root, err := os.OpenRoot(l.dir)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // nothing is written through it
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := do(root, e.Name()); err != nil {
			return err
		}
	}
	return nil
}
