package npm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// resolvePatience bounds how long the registry may take.
const resolvePatience = 30 * time.Second

var tag = regexp.MustCompile(`^[a-z][a-z0-9._-]*$`)

// ErrNoTag says that a package has no version of that tag.
var ErrNoTag = errors.New("no version has the tag")

// Resolve asks the registry which version a dist-tag such as "latest" names now.
// Errors: ErrNoTag, ErrMissing, *Error, ctx's; context.DeadlineExceeded also when the registry does not answer.
func Resolve(ctx context.Context, pkg, wanted string) (string, error) {
	if !name.MatchString(pkg) || !tag.MatchString(wanted) {
		return "", fmt.Errorf("resolve %s: %w %q", pkg, ErrNoTag, wanted)
	}
	npm, err := findNPM()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, resolvePatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, npm, "view", pkg, "dist-tags."+wanted)
	var out, said bytes.Buffer
	cmd.Env = environment()
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &said, time.Second
	err = cmd.Run()
	if ctx.Err() != nil {
		return "", fmt.Errorf("resolve %s@%s: %w", pkg, wanted, ctx.Err())
	}
	found := strings.TrimSpace(out.String())
	if err == nil && !version.MatchString(found) {
		err = fmt.Errorf("%w %q", ErrNoTag, wanted)
	}
	if err != nil {
		return "", &Error{Package: pkg, Version: wanted, Stderr: strings.TrimSpace(said.String()), Err: err}
	}
	return found, nil
}

// IsVersion says whether a text is an exact version, as Request takes it.
func IsVersion(s string) bool { return version.MatchString(s) }
