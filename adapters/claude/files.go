package claude

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/skill"
)

// files is the directory of what a process is given besides its command line, where everybody could read it: the MCP servers,
// whose headers and variables are secrets, and the skills. It is there as long as the process; empty stands for none.
type files string

// filesOf is the directory of a session, whose name may be any text.
func (a *Adapter) filesOf(session string) (files, error) {
	sum := sha256.Sum256([]byte(session))
	dir, err := filepath.Abs(filepath.Join(a.config.DataDir, ID, "sessions", hex.EncodeToString(sum[:12])))
	return files(dir), err
}

func (f files) remove() error {
	if f == "" {
		return nil
	}
	return os.RemoveAll(string(f))
}

// skills are where a session's skills come from.
func (a *Adapter) skills(o adapters.Options) skill.Sources {
	return skill.Sources{Skills: o.Skills, Cache: filepath.Join(a.config.DataDir, "skills"), Base: o.Directory}
}

// write makes the files of a process that is about to start, and gives the options that name them.
func (a *agent) write(ctx context.Context) (f files, args []string, err error) {
	servers, sources := newMCPConfig(a.options.MCP), a.adapter.skills(a.options)
	if len(servers.Servers) == 0 && len(sources.Skills.Sources) == 0 {
		return "", nil, nil
	}
	if f, err = a.adapter.filesOf(a.options.SessionID); err != nil {
		return "", nil, err
	}
	if err = f.remove(); err == nil { // a server that was killed left them
		err = os.MkdirAll(string(f), 0o700)
	}
	if err == nil && len(servers.Servers) > 0 {
		args = append(args, "--mcp-config="+f.mcp())
		err = f.writeMCP(servers)
	}
	if err == nil && len(sources.Skills.Sources) > 0 {
		// What is not in the project's directory asks for permission: the skills' own files may be read. Two slashes begin an
		// absolute path.
		args = append(args, "--plugin-dir", f.plugin(), "--allowedTools=Read(/"+filepath.ToSlash(f.plugin())+"/**)")
		err = f.writePlugin(ctx, sources)
	}
	return f, args, err
}

func (f files) mcp() string    { return filepath.Join(string(f), "mcp.json") }
func (f files) plugin() string { return filepath.Join(string(f), "plugin") }

func (f files) writeMCP(config mcpConfig) error {
	content, err := json.Marshal(config)
	if err != nil {
		return err
	}
	return os.WriteFile(f.mcp(), content, 0o600)
}

// pluginManifest makes a directory a plugin. Its name comes before those of the skills: "parley:NAME".
const pluginManifest = `{"name":"parley","description":"The skills of this session"}`

// writePlugin makes a plugin of the skills. The other way to hand over a directory of skills, --add-dir, would let the agent
// write to it.
func (f files) writePlugin(ctx context.Context, sources skill.Sources) error {
	skills, err := sources.Load(ctx)
	if err != nil {
		return err
	}
	if err := skill.Copy(filepath.Join(f.plugin(), "skills"), skills); err != nil {
		return err
	}
	manifest := filepath.Join(f.plugin(), ".claude-plugin", "plugin.json")
	if err := os.MkdirAll(filepath.Dir(manifest), 0o700); err != nil {
		return err
	}
	return os.WriteFile(manifest, []byte(pluginManifest), 0o600)
}
