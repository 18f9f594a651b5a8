package docs

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/parleyhq/parley/server/webtest"
)

// TestOrigin says that the viewer is what its makers published, and that its licence is there.
func TestOrigin(t *testing.T) {
	t.Parallel()
	dir := webtest.Packages(t, "testdata/web")
	for _, name := range []string{
		"swagger-ui-bundle.js", "swagger-ui.css", "LICENSE", "NOTICE", "swagger-ui-bundle.js.LICENSE.txt",
	} {
		published, err := os.ReadFile(filepath.Join(dir, "node_modules/swagger-ui-dist", name))
		if err != nil {
			t.Fatal(err)
		}
		if ours, err := files.ReadFile("files/" + name); err != nil || string(ours) != string(published) {
			t.Errorf("%s is not that of the package: %v", name, err)
		}
	}
}
