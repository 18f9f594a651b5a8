package declared

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/openapi"
)

// folder is an agent's folder as it was read.
type folder struct {
	print  print
	files  protocol.Files
	agent  *protocol.Agent // the newest version without errors; nil when there was none
	faults []protocol.Fault
}

// print tells whether files have changed, and when.
type print struct {
	names            string // with sizes and times
	created, updated time.Time
}

// The files that make a folder an agent's.
const (
	settingsFile = "settings.json"
	protocolFile = "protocol.yaml"
)

// folderNames are the folders that have a definition, or a part of one. Names that begin with a dot are left alone.
func folderNames(root *os.Root) ([]string, error) {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && (isThere(root, e.Name(), settingsFile) || isThere(root, e.Name(), protocolFile)) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

func isThere(root *os.Root, folder, file string) bool {
	_, err := root.Lstat(path.Join(folder, file))
	return err == nil
}

// fingerprint looks at a definition's files without reading them. Nothing outside of the folder is looked at, wherever a
// link may point.
func fingerprint(root *os.Root, folder string) print {
	dir, err := root.OpenRoot(folder)
	if err != nil {
		return print{names: err.Error()}
	}
	defer dir.Close() //nolint:errcheck // it was only read from
	var p print
	var names strings.Builder
	err = fs.WalkDir(dir.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !isDefinition(name) {
			return err
		}
		info, err := dir.Stat(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(&names, "%q %d %d\n", name, info.Size(), info.ModTime().UnixNano())
		p.add(name, info.ModTime())
		return nil
	})
	if err != nil {
		names.WriteString(err.Error())
	}
	if p.created.IsZero() {
		p.created = p.updated
	}
	p.names = names.String()
	return p
}

func (p *print) add(name string, modified time.Time) {
	if name == settingsFile {
		p.created = modified
	}
	if modified.After(p.updated) {
		p.updated = modified
	}
}

// readFolder reads a definition. An agent that is named otherwise than its folder is none.
func readFolder(root *os.Root, name string) *folder {
	dir, err := root.OpenRoot(name)
	if err != nil {
		return unreadable(err)
	}
	defer dir.Close() //nolint:errcheck // it was only read from
	files, err := protocol.ReadDir(dir.FS())
	if err != nil {
		return unreadable(err)
	}
	f := &folder{files: files}
	f.agent, f.faults = protocol.Parse(files)
	if f.agent != nil && f.agent.Settings.Slug != name {
		f.agent = nil
		f.faults = append(f.faults, protocol.Fault{
			File: settingsFile, Path: "slug", Severity: protocol.Error, Message: fmt.Sprintf("must be %s, as the folder is named", name),
		})
	}
	return f
}

func unreadable(err error) *folder {
	return &folder{faults: []protocol.Fault{{File: ".", Message: err.Error(), Severity: protocol.Error}}}
}

// settings are as far as they can be read.
func (f *folder) settings(id string) openapi.AgentSettings {
	s := openapi.AgentSettings{}
	_ = json.Unmarshal(f.files.Settings, &s) // keeps what fits
	s.Slug = id
	if s.Name == "" {
		s.Name = id
	}
	if s.Format == "" {
		s.Format = "interactive"
	}
	return s
}

func (f *folder) definition(id string) openapi.AgentDefinition {
	d := openapi.AgentDefinition{ID: id, Settings: f.settings(id), Protocol: string(f.files.Protocol), Prompts: []openapi.AgentPrompt{}}
	for _, name := range slices.Sorted(maps.Keys(f.files.Prompts)) {
		d.Prompts = append(d.Prompts, openapi.AgentPrompt{Name: name, Content: string(f.files.Prompts[name])})
	}
	return d
}

// projectID is what every agent says: there are no projects here.
const projectID = "parley"

func (f *folder) summary(id string) openapi.AgentDefinitionSummary {
	s := f.settings(id)
	out := openapi.AgentDefinitionSummary{
		ID: id, Slug: id, Name: s.Name, Format: s.Format, ProjectID: projectID,
		CreatedAt: timestamp(f.print.created), UpdatedAt: timestamp(f.print.updated),
	}
	if s.Description != "" {
		out.Description = &s.Description
	}
	return out
}

func timestamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
