package program

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/npm"
)

func (f *Finder) request(version string) npm.Request {
	return npm.Request{Dir: filepath.Join(f.spec.DataDir, "npm"), Package: f.spec.Package, Version: version}
}

// Install installs a version. Errors: *adapters.InstallError, *adapters.OptionError for a version that there is not.
func (f *Finder) Install(ctx context.Context, r adapters.InstallRequest) (Program, error) {
	version, err := f.exact(ctx, r.Version)
	if err != nil {
		return Program{}, err
	}
	r.Version = version
	return f.install(ctx, r)
}

// Provide makes sure that there is a program of a version, which it installs where there is none, and gives the exact
// version; empty is any.
func (f *Finder) Provide(ctx context.Context, version string) (string, error) {
	if f.spec.Fixed != "" {
		return version, f.fixed(ctx, version)
	}
	if version == "" {
		if _, err := f.Find(ctx, ""); err == nil {
			return "", nil
		}
		_, err := f.install(ctx, adapters.InstallRequest{Version: f.spec.Version})
		return "", err
	}
	version, err := f.exact(ctx, version)
	if err != nil {
		return "", err
	}
	if _, err := f.Find(ctx, version); err == nil {
		return version, nil
	}
	_, err = f.install(ctx, adapters.InstallRequest{Version: version})
	return version, err
}

// fixed says whether the one program that the adapter was told to start is of the wanted version.
func (f *Finder) fixed(ctx context.Context, version string) error {
	if has := f.Version(ctx, Program{Path: f.spec.Fixed}); version != "" && version != has {
		return f.refuse("this server starts " + f.spec.Name + " " + has + " only")
	}
	return nil
}

func (f *Finder) refuse(reason string) error {
	return &adapters.OptionError{Option: "agentVersion", Reason: reason}
}

// exact finds the version that is meant.
func (f *Finder) exact(ctx context.Context, version string) (string, error) {
	switch {
	case f.spec.Package == "":
		return "", &adapters.InstallError{Message: f.spec.Name + " cannot be installed by Parley"}
	case version == "":
		return f.spec.Version, nil
	case npm.IsVersion(version):
		return version, nil
	}
	found, err := npm.Resolve(ctx, f.spec.Package, version)
	switch {
	case errors.Is(err, npm.ErrNoTag):
		return "", f.refuse(f.spec.Name + " has no version or tag " + version)
	case err != nil:
		return "", f.installError(version, err)
	}
	return found, nil
}

// install takes an exact version.
func (f *Finder) install(ctx context.Context, wanted adapters.InstallRequest) (Program, error) {
	version := wanted.Version
	r := f.request(version)
	r.Again = wanted.Again
	if wanted.Progress != nil {
		w := &lineWriter{line: wanted.Progress}
		defer w.flush()
		r.Progress = w
	}
	if err := npm.Install(ctx, r); err != nil {
		var failed *npm.Error
		if errors.As(err, &failed) && strings.Contains(failed.Stderr, "ETARGET") {
			return Program{}, f.refuse(f.spec.Name + " has no version " + version)
		}
		return Program{}, f.installError(version, err)
	}
	path, err := npm.Binary(r.Path(), f.spec.Binaries...)
	switch {
	case errors.Is(err, npm.ErrNoBinary) && version != f.spec.Version: // older ones may be made otherwise
		return Program{}, f.refuse(f.spec.Name + " " + version + " has no native program for this platform")
	case err != nil:
		return Program{}, f.installError(version, err)
	}
	return Program{Path: path, Version: version}, nil
}

func (f *Finder) installError(version string, err error) error {
	begin := f.spec.Name + " " + version + " is not installed and could not be: "
	var failed *npm.Error
	if errors.As(err, &failed) {
		return &adapters.InstallError{Message: begin + failed.Err.Error(), Stderr: failed.Stderr}
	}
	return &adapters.InstallError{Message: begin + err.Error()}
}

// installed looks for what Install has installed. When any version will do it is the adapter's own, else the one that
// was installed last.
func (f *Finder) installed(version string) (Program, bool) {
	if f.spec.Package == "" {
		return Program{}, false
	}
	if version != "" {
		return f.binary(version)
	}
	if p, ok := f.binary(f.spec.Version); ok {
		return p, true
	}
	var newest os.FileInfo
	for _, info := range versionDirs(filepath.Dir(f.request(f.spec.Version).Path())) {
		if _, ok := f.binary(info.Name()); ok && (newest == nil || info.ModTime().After(newest.ModTime())) {
			newest = info
		}
	}
	if newest == nil {
		return Program{}, false
	}
	return f.binary(newest.Name())
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

func (f *Finder) binary(version string) (Program, bool) {
	r := f.request(version)
	if !npm.IsVersion(version) || !r.Installed() {
		return Program{}, false
	}
	path, err := npm.Binary(r.Path(), f.spec.Binaries...)
	return Program{Path: path, Version: version}, err == nil
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
