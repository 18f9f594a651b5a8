package claude

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"time"

	"github.com/parleyhq/parley/adapters"
)

// program is a Claude Code that can be started.
type program struct {
	path    string
	version string // empty when it has to be asked
}

// programVersion is what a program has said of itself. Another file under the same path is another program.
type programVersion struct {
	modified time.Time
	size     int64
	version  string
}

// find looks for a program: of exactly that version, or of any when it is empty. Those that Parley has installed
// come before the one on PATH, the adapter's own version comes first.
func (a *Adapter) find(version string) (program, error) {
	if a.config.Program != "" {
		return program{path: a.config.Program}, nil
	}
	if p, ok := a.installed(version); ok {
		return p, nil
	}
	if path, ok := a.env.lookPath(ID); ok {
		p := program{path: path}
		if version == "" || a.version(context.Background(), p) == version {
			return p, nil
		}
	}
	if version != "" {
		return program{}, fmt.Errorf("%w: Claude Code %s", adapters.ErrNotInstalled, version)
	}
	return program{}, fmt.Errorf("%w: Claude Code", adapters.ErrNotInstalled)
}

// versionPatience bounds how long a program may think about its version.
const versionPatience = 20 * time.Second

var versionPattern = regexp.MustCompile(`\d+\.\d+\.\d+\S*`)

// version asks a program for its version, once. It is empty when the program does not tell.
func (a *Adapter) version(ctx context.Context, p program) string {
	if p.version != "" {
		return p.version
	}
	info, err := os.Stat(p.path)
	if err != nil {
		return ""
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	known, ok := a.versions[p.path]
	if ok && known.modified.Equal(info.ModTime()) && known.size == info.Size() {
		return known.version
	}
	known = programVersion{modified: info.ModTime(), size: info.Size()}
	ctx, cancel := context.WithTimeout(ctx, versionPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.path, "--version")
	cmd.Env = a.env.forProgram(a.config.DataDir)
	out, err := cmd.Output()
	if err != nil && ctx.Err() != nil {
		return "" // not its fault; asked again
	}
	known.version = versionPattern.FindString(string(out))
	a.versions[p.path] = known
	return known.version
}
