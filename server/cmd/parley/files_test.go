package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFilesAreHeld inside --fs-root, which a variable may name as well.
func TestFilesAreHeld(t *testing.T) {
	for name, how := range map[string]func(root string) (env, args []string){
		"flag": func(root string) (env, args []string) { return nil, []string{"--fs-root", root, "--fs-limit", "5"} },
		"variable": func(root string) (env, args []string) {
			return []string{"PARLEY_FS_ROOT=" + root, "PARLEY_FS_LIMIT=5"}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			env, args := how(root)
			p := serving(t, env, append(args, "--data-dir", t.TempDir())...)
			p.want(200, "PUT", "/v1/fs/file?path=a/b", "hello")
			p.want(413, "PUT", "/v1/fs/file?path=a/b", "hello!")
			if b, err := os.ReadFile(filepath.Join(root, "a", "b")); err != nil || string(b) != "hello" {
				t.Errorf("wrote %q, %v", b, err)
			}
			if said := p.want(400, "GET", "/v1/fs/entries?path=/", ""); !strings.Contains(string(said), "outside of "+root) {
				t.Errorf("said %s", said)
			}
		})
	}
}

func TestFilesCannotBeHeld(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	refused(t, ran(t, nil, "serve", "--port", "0", "--data-dir", t.TempDir(), "--fs-root", missing), missing, "--fs-root")
	refused(t, ran(t, nil, "serve", "--port", "0", "--data-dir", t.TempDir(), "--fs-limit", "-1"), "--fs-limit")
}
