package claude

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/npm"
	"github.com/parleyhq/parley/openapi"
)

const npmPackage = "@anthropic-ai/claude-code"

// binaryInPackage is the platform's own program. The one in bin is a copy that the package's install script makes, and
// scripts may be forbidden.
const binaryInPackage = "node_modules/@anthropic-ai/claude-code-{platform}/claude{exe}"

func (a *Adapter) request(version string) npm.Request {
	return npm.Request{Dir: filepath.Join(a.config.DataDir, "npm"), Package: npmPackage, Version: version}
}

// Install implements adapters.Installer. A version is exact, or one of npm's tags such as "latest".
func (a *Adapter) Install(ctx context.Context, version string, progress func(line string)) (openapi.AgentInfo, error) {
	version, err := a.exact(ctx, version)
	if err != nil {
		return openapi.AgentInfo{}, err
	}
	p, err := a.install(ctx, version, progress)
	if err != nil {
		return openapi.AgentInfo{}, err
	}
	info := a.Info(ctx).AgentInfo
	if a.config.Program == "" {
		info.Installed, info.Path, info.Version = true, p.path, p.version
	}
	return info, nil
}

// provide makes sure that there is a program of a version and gives the exact version; empty is any.
func (a *Adapter) provide(ctx context.Context, version string) (string, error) {
	if a.config.Program != "" {
		return version, a.fixed(ctx, version)
	}
	if version == "" {
		if _, err := a.find(""); err == nil {
			return "", nil
		}
		_, err := a.install(ctx, Version, nil)
		return "", err
	}
	version, err := a.exact(ctx, version)
	if err != nil {
		return "", err
	}
	if _, err := a.find(version); err == nil {
		return version, nil
	}
	_, err = a.install(ctx, version, nil)
	return version, err
}

// fixed says whether the one program that the adapter was told to start is of the wanted version.
func (a *Adapter) fixed(ctx context.Context, version string) error {
	p, err := a.find("")
	if err != nil {
		return err
	}
	if has := a.version(ctx, p); version != "" && version != has {
		return &adapters.OptionError{Option: "agentVersion", Reason: "this server starts Claude Code " + has + " only"}
	}
	return nil
}

// exact finds the version that is meant.
func (a *Adapter) exact(ctx context.Context, version string) (string, error) {
	if version == "" {
		return Version, nil
	}
	if npm.IsVersion(version) {
		return version, nil
	}
	found, err := npm.Resolve(ctx, npmPackage, version)
	var failed *npm.Error
	switch {
	case err == nil:
		return found, nil
	case errors.Is(err, npm.ErrMissing), ctx.Err() != nil, errors.As(err, &failed) && failed.Stderr != "":
		return "", installError(version, err)
	}
	return "", &adapters.OptionError{Option: "agentVersion", Reason: "Claude Code has no version or tag " + version}
}

func (a *Adapter) install(ctx context.Context, version string, progress func(line string)) (program, error) {
	r := a.request(version)
	if progress != nil {
		w := &lineWriter{line: progress}
		defer w.flush()
		r.Progress = w
	}
	if err := npm.Install(ctx, r); err != nil {
		var failed *npm.Error
		if errors.As(err, &failed) && strings.Contains(failed.Stderr, "ETARGET") {
			return program{}, &adapters.OptionError{Option: "agentVersion", Reason: "Claude Code has no version " + version}
		}
		return program{}, installError(version, err)
	}
	path, err := npm.Binary(r.Path(), binaryInPackage)
	switch {
	case errors.Is(err, npm.ErrNoBinary) && version != Version: // older ones run on Node
		return program{}, &adapters.OptionError{Option: "agentVersion", Reason: "Claude Code " + version + " has no native program for this platform"}
	case err != nil:
		return program{}, installError(version, err)
	}
	return program{path: path, version: version}, nil
}

func installError(version string, err error) error {
	e := &adapters.InstallError{Message: "Claude Code " + version + " is not installed and could not be: " + err.Error()}
	var failed *npm.Error
	if errors.As(err, &failed) {
		e.Message = "Claude Code " + version + " is not installed and could not be: " + failed.Err.Error()
		e.Stderr = failed.Stderr
	}
	return e
}

// installed looks for what Install has installed. When any version will do it is the adapter's own, else the one that
// was installed last.
func (a *Adapter) installed(version string) (program, bool) {
	if version != "" {
		return a.binary(version)
	}
	if p, ok := a.binary(Version); ok {
		return p, true
	}
	var newest os.FileInfo
	for _, info := range versionDirs(filepath.Dir(a.request(Version).Path())) {
		if _, ok := a.binary(info.Name()); ok && (newest == nil || info.ModTime().After(newest.ModTime())) {
			newest = info
		}
	}
	if newest == nil {
		return program{}, false
	}
	return a.binary(newest.Name())
}

func versionDirs(dir string) []os.FileInfo {
	entries, _ := os.ReadDir(dir) // none before the first installation
	var dirs []os.FileInfo
	for _, e := range entries {
		if info, err := e.Info(); err == nil && e.IsDir() && npm.IsVersion(e.Name()) {
			dirs = append(dirs, info)
		}
	}
	return dirs
}

func (a *Adapter) binary(version string) (program, bool) {
	r := a.request(version)
	if !npm.IsVersion(version) || !r.Installed() {
		return program{}, false
	}
	path, err := npm.Binary(r.Path(), binaryInPackage)
	return program{path: path, version: version}, err == nil
}

// lineWriter cuts what npm says into lines.
type lineWriter struct {
	line func(string)
	rest string
}

var _ io.Writer = (*lineWriter)(nil)

func (w *lineWriter) Write(p []byte) (int, error) {
	lines := strings.Split(w.rest+string(p), "\n")
	for _, line := range lines[:len(lines)-1] {
		w.line(line)
	}
	w.rest = lines[len(lines)-1]
	return len(p), nil
}

func (w *lineWriter) flush() {
	if w.rest != "" {
		w.line(w.rest)
	}
}
