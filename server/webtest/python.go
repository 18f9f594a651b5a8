package webtest

import (
	"path/filepath"
	"testing"
)

// Python is a virtual environment with the packages of a requirements file: python and the programs of the packages are in
// its bin. All who ask for the same share it.
func Python(t testing.TB, requirements string) (dir string) {
	t.Helper()
	version, err := Command(t, "", "python3", "-VV").Output() // an environment is of one Python only
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"requirements.txt": content(t, requirements), "version": version}
	return filepath.Join(once(t, files, func(dir string) {
		run(t, dir, "python3", "-m", "venv", "--clear", "venv")
		run(t, dir, "venv/bin/pip", "install", "--no-input", "--disable-pip-version-check", "-r", "requirements.txt")
	}), "venv")
}
