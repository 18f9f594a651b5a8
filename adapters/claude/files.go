package claude

import (
	"context"
	"path/filepath"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/sessiondir"
	"github.com/parleyhq/parley/adapters/internal/skill"
)

// skills are where a session's skills come from.
func (a *Adapter) skills(o adapters.Options) skill.Sources {
	return skill.Sources{Skills: o.Skills, Cache: filepath.Join(a.config.DataDir, "skills"), Base: o.Directory}
}

// give makes the files of a process that is about to start, and the options that name them.
func (a *agent) give(ctx context.Context) (dir sessiondir.Dir, args []string, err error) {
	servers, sources := newMCPConfig(a.options.MCP), a.adapter.skills(a.options)
	if len(servers.Servers) == 0 && len(sources.Skills.Sources) == 0 {
		return "", nil, nil
	}
	if dir, err = sessiondir.Of(a.adapter.config.DataDir, ID, a.options.SessionID); err != nil {
		return "", nil, err
	}
	if err = dir.Make(); err == nil && len(servers.Servers) > 0 {
		args = append(args, "--mcp-config="+dir.Path("mcp.json"))
		err = dir.WriteJSON(servers, "mcp.json")
	}
	if err == nil && len(sources.Skills.Sources) > 0 {
		args = append(args, skillArguments(dir)...)
		err = writePlugin(ctx, dir, sources)
	}
	return dir, args, err
}

// skillArguments let the agent read its skills' own files, which are not in the project's directory. The other way to hand over
// a directory of skills, --add-dir, would let it write to them.
func skillArguments(dir sessiondir.Dir) []string {
	plugin := dir.Path("plugin")
	// Two slashes begin an absolute path.
	return []string{"--plugin-dir", plugin, "--allowedTools=Read(/" + filepath.ToSlash(plugin) + "/**)"}
}

// pluginManifest makes a directory a plugin. Its name comes before those of the skills: "parley:NAME".
type pluginManifest struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

// writePlugin makes a plugin of the skills.
func writePlugin(ctx context.Context, dir sessiondir.Dir, sources skill.Sources) error {
	skills, err := sources.Load(ctx)
	if err != nil {
		return err
	}
	if err := skill.Copy(dir.Path("plugin", "skills"), skills); err != nil {
		return err
	}
	manifest := pluginManifest{Name: "parley", Description: "The skills of this session"}
	return dir.WriteJSON(manifest, "plugin", ".claude-plugin", "plugin.json")
}
