package npm

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// ErrNoBinary is returned when a package has no program for this platform.
var ErrNoBinary = errors.New("the package has no program for this platform")

// Binary finds a package's program for this platform without the help of the package's own scripts. dir is the
// Request's Path. The candidates are paths below dir with slashes, the first that is there is taken; "{platform}" in
// one stands for each of Platforms in turn, "{exe}" for ".exe" on Windows and nothing elsewhere:
//
//	Binary(dir, "node_modules/@anthropic-ai/claude-code-{platform}/claude{exe}")
func Binary(dir string, candidates ...string) (string, error) {
	var tried []string
	for _, candidate := range candidates {
		for _, platform := range Platforms() {
			path := strings.NewReplacer("{platform}", platform, "{exe}", exe()).Replace(candidate)
			full := filepath.Join(dir, filepath.FromSlash(path))
			if isProgram(full) {
				return full, nil
			}
			tried = append(tried, path)
			if !strings.Contains(candidate, "{platform}") {
				break
			}
		}
	}
	return "", fmt.Errorf("%w (%s): no %s in %s", ErrNoBinary, Platforms()[0], strings.Join(tried, ", no "), dir)
}

// Platforms are the names that npm packages use for this platform, as "linux-x64", the best first. A Linux without
// glibc comes as "linux-x64-musl" too; a static program for musl runs everywhere, so both are always named.
func Platforms() []string {
	names := platforms(runtime.GOOS, runtime.GOARCH)
	if len(names) > 1 && onMusl() {
		names[0], names[1] = names[1], names[0]
	}
	return names
}

func platforms(system, machine string) []string {
	if system == "windows" {
		system = "win32"
	}
	switch machine {
	case "amd64":
		machine = "x64"
	case "386":
		machine = "ia32"
	}
	names := []string{system + "-" + machine}
	if system == "linux" {
		names = append(names, names[0]+"-musl")
	}
	return names
}

// onMusl looks for the dynamic loaders: a glibc system may have musl's beside its own, so glibc's decides.
func onMusl() bool { return !anyFile("/lib*/ld-linux*.so.*") && anyFile("/lib/ld-musl-*.so.1") }

func anyFile(pattern string) bool {
	found, _ := filepath.Glob(pattern) // the patterns are constants and well formed
	return len(found) > 0
}

func exe() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

func isProgram(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	return runtime.GOOS == "windows" || info.Mode()&0o111 != 0
}
