package npm

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// resolvePatience bounds how long the registry may take.
const resolvePatience = 30 * time.Second

var tag = regexp.MustCompile(`^[a-z][a-z0-9._-]*$`)

// Resolve asks the registry which version a dist-tag such as "latest" names now.
// Errors: ErrMissing, *Error, ctx's. A tag that the package does not have is an *Error.
func Resolve(ctx context.Context, pkg, wanted string) (string, error) {
	if !name.MatchString(pkg) || !tag.MatchString(wanted) {
		return "", fmt.Errorf("resolve %s@%s: not a name and a tag", pkg, wanted)
	}
	npm, err := findNPM()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, resolvePatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, npm, "view", pkg, "dist-tags."+wanted)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &said, time.Second
	err = cmd.Run()
	if ctx.Err() != nil {
		return "", fmt.Errorf("resolve %s@%s: %w", pkg, wanted, ctx.Err())
	}
	found := strings.TrimSpace(out.String())
	if err == nil && !version.MatchString(found) {
		err = fmt.Errorf("no version has the tag %q", wanted)
	}
	if err != nil {
		return "", &Error{Package: pkg, Version: wanted, Stderr: strings.TrimSpace(said.String()), Err: err}
	}
	return found, nil
}

// IsVersion says whether a text is an exact version, as Request takes it.
func IsVersion(s string) bool { return version.MatchString(s) }
