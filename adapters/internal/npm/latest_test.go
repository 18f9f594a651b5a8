package npm

import (
	"errors"
	"os"
	"strings"
	"testing"
)

const views = `#!/bin/sh
echo "$@" >> "$CALLS"
case "$3" in
dist-tags.latest) echo 4.5.6 ;;
dist-tags.broken) echo no network >&2; exit 1 ;;
esac
`

func TestResolve(t *testing.T) {
	calls := usePATH(t, with(views))
	got, err := Resolve(t.Context(), "@scope/some", "latest")
	if err != nil || got != "4.5.6" {
		t.Errorf("got %q, %v", got, err)
	}
	if said, _ := os.ReadFile(calls); string(said) != "view @scope/some dist-tags.latest\n" {
		t.Errorf("npm was called with %q", said)
	}
	var failed *Error
	if _, err := Resolve(t.Context(), "@scope/some", "unheard-of"); !errors.As(err, &failed) {
		t.Errorf("a tag that is not there gave %v", err)
	}
	if _, err := Resolve(t.Context(), "@scope/some", "broken"); !errors.As(err, &failed) || !strings.Contains(failed.Stderr, "no network") {
		t.Errorf("a registry that is not there gave %v", err)
	}
	for _, bad := range []string{"", "--help", "1.2.3", "a b"} {
		if _, err := Resolve(t.Context(), "@scope/some", bad); err == nil || errors.As(err, &failed) {
			t.Errorf("%q was taken for a tag: %v", bad, err)
		}
	}
	usePATH(t, nil)
	if _, err := Resolve(t.Context(), "@scope/some", "latest"); !errors.Is(err, ErrMissing) {
		t.Errorf("without npm: %v", err)
	}
}
