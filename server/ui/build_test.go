package ui_test

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/parleyhq/parley/server/ui"
	"github.com/parleyhq/parley/server/webtest"
)

// TestBuild builds the page again, and says that what is committed is what its source gives.
func TestBuild(t *testing.T) {
	t.Parallel()
	dir := webtest.Packages(t, ".")
	npm(t, dir, "api")
	same(t, "src/api/api.gen.ts", read(t, "src/api/api.gen.ts"), read(t, filepath.Join(dir, "src/api/api.gen.ts")))
	npm(t, dir, "typecheck")
	npm(t, dir, "test")
	npm(t, dir, "build")
	committed, made := files(t, ui.Files), files(t, os.DirFS(filepath.Join(dir, "dist")))
	if !slices.Equal(slices.Sorted(maps.Keys(committed)), slices.Sorted(maps.Keys(made))) {
		t.Fatalf("dist is not current, run `task ui`: it has %v, its source gives %v",
			slices.Sorted(maps.Keys(committed)), slices.Sorted(maps.Keys(made)))
	}
	for name, content := range committed {
		same(t, "dist/"+name, content, made[name])
	}
}

func same(t *testing.T, name string, committed, made []byte) {
	t.Helper()
	if !bytes.Equal(committed, made) {
		t.Errorf("%s is not current: run `task ui`", name)
	}
}

func npm(t *testing.T, dir, script string) {
	t.Helper()
	document, err := filepath.Abs("../../openapi/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c := webtest.Command(t, dir, "npm", "run", "--silent", script)
	c.Env = append(os.Environ(), "DOCUMENT="+document)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("npm run %s: %v\n%s", script, err, out)
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func files(t *testing.T, tree fs.FS) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		all[name], err = fs.ReadFile(tree, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
