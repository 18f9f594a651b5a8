package files

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// packed is an entry and its content.
type packed struct {
	tar.Header
	content string
}

func entryOf(name, content string) packed {
	return packed{tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644}, content}
}

func linkOf(kind byte, name, to string) packed {
	return packed{tar.Header{Typeflag: kind, Name: name, Linkname: to, Mode: 0o777}, ""}
}

func archive(t testing.TB, entries ...packed) *bytes.Reader {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		e.Size = int64(len(e.content))
		must(t, w.WriteHeader(&e.Header))
		_, err := io.WriteString(w, e.content)
		must(t, err)
	}
	must(t, w.Close())
	return bytes.NewReader(b.Bytes())
}

func TestUnpack(t *testing.T) {
	both(t, func(t *testing.T, f *Files, dir string) {
		long := strings.Repeat("long/", 60) + "name"
		must(t, os.MkdirAll(filepath.Join(dir, "to"), 0o777))
		must(t, os.WriteFile(filepath.Join(dir, "to", "old"), []byte("old"), 0o600))
		done, err := f.Unpack(at(dir, "to"), archive(t,
			packed{tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"comment": "x"}}, ""},
			packed{tar.Header{Typeflag: tar.TypeDir, Name: "./", Mode: 0o755}, ""},
			packed{tar.Header{Typeflag: tar.TypeDir, Name: "closed/", Mode: 0o500}, ""},
			entryOf("closed/file", "in a closed directory"),
			packed{tar.Header{Typeflag: tar.TypeReg, Name: "./run", Mode: 0o4755}, "setuid"},
			entryOf("old", "new"), entryOf(long, "long"), entryOf("a/../b", "b"),
			linkOf(tar.TypeSymlink, "deep/er/link", "../../old"), linkOf(tar.TypeLink, "hard", "old"), linkOf(tar.TypeSymlink, "later", "closed/none"),
		))
		must(t, err)
		var want []string
		for _, name := range []string{"", "closed", "closed/file", "run", "old", long, "b", "deep/er/link", "hard", "later"} {
			want = append(want, filepath.Join(dir, "to", name))
		}
		if !slices.Equal(done.Paths, want) || done.Truncated {
			t.Errorf("got %q, %t", done.Paths, done.Truncated)
		}
		has(t, filepath.Join(dir, "to", "closed", "file"), "in a closed directory")
		has(t, filepath.Join(dir, "to", long), "long")
		has(t, filepath.Join(dir, "to", "deep/er/link"), "new")
		has(t, filepath.Join(dir, "to", "hard"), "new")
		if info, err := os.Stat(filepath.Join(dir, "to", "run")); err != nil || info.Mode() != 0o755 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
	})
}

// TestEscapes are the archives that must not be unpacked.
func TestEscapes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		entries []packed
		want    string
	}{
		"above":                   {[]packed{entryOf("../x", "")}, "tar entry escapes: ../x"},
		"above, later":            {[]packed{entryOf("a/../../x", "")}, "tar entry escapes: a/../../x"},
		"absolute":                {[]packed{entryOf("/x", "")}, "tar entry escapes: /x"},
		"directory":               {[]packed{{tar.Header{Typeflag: tar.TypeDir, Name: "../d/"}, ""}}, "tar entry escapes: ../d/"},
		"the directory as a file": {[]packed{entryOf(".", "")}, "tar entry has no name: ."},
		"link above":              {[]packed{linkOf(tar.TypeSymlink, "l", "../x")}, "tar entry escapes: l"},
		"absolute link":           {[]packed{linkOf(tar.TypeSymlink, "l", "/etc")}, "tar entry escapes: l"},
		"link up and down":        {[]packed{linkOf(tar.TypeSymlink, "d", "."), linkOf(tar.TypeSymlink, "l", "d/../../x")}, "tar entry escapes: l"},
		"link below a link": {[]packed{
			{tar.Header{Typeflag: tar.TypeDir, Name: "p/q"}, ""}, linkOf(tar.TypeSymlink, "p/q/r", "../.."), linkOf(tar.TypeSymlink, "p/q/r/s", "../../x"),
		}, "tar entry is a link below a link: p/q/r/s"},
		"hard link above":     {[]packed{linkOf(tar.TypeLink, "l", "../secret")}, "tar entry escapes: l"},
		"hard link to none":   {[]packed{linkOf(tar.TypeLink, "l", "none")}, "tar entry is a hard link to no file: l"},
		"hard link to itself": {[]packed{entryOf("l", "keep"), linkOf(tar.TypeLink, "l", "l")}, "tar entry is a hard link to no file: l"},
		"hard link to a link": {[]packed{
			entryOf("a/b/c/x", ""), linkOf(tar.TypeSymlink, "a/b/c/s", "../../y"), linkOf(tar.TypeLink, "s", "a/b/c/s"),
		}, "tar entry is a hard link to no file: s"},
		"through a link that was there": {[]packed{entryOf("above/x", "")}, "tar entry escapes: above/x"},
		"to a file that was linked":     {[]packed{linkOf(tar.TypeLink, "l", "above/secret")}, "tar entry is a hard link to no file: l"},
		"device":                        {[]packed{{tar.Header{Typeflag: tar.TypeChar, Name: "null", Devmajor: 1, Devminor: 3}, ""}}, "tar entry is no file, directory or link: null"},
		"pipe":                          {[]packed{{tar.Header{Typeflag: tar.TypeFifo, Name: "pipe"}, ""}}, "tar entry is no file, directory or link: pipe"},
		"a link over a directory":       {[]packed{linkOf(tar.TypeSymlink, "dir", "x")}, "is a directory: "},
		"a file over a directory":       {[]packed{entryOf("dir", "")}, "is a directory: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, root := jail(t)
			for _, f := range []*Files{open(t, root), open(t, "")} {
				_, err := f.Unpack(at(root), archive(t, append([]packed{entryOf("first", "first")}, c.entries...)...))
				refused(t, err, c.want)
				has(t, filepath.Join(root, "first"), "first")
				has(t, filepath.Join(filepath.Dir(root), "secret"), "secret")
				contained(t, root)
			}
		})
	}
}

// contained makes sure that nothing was put beside the root, and that no link of ours leads out of it.
func contained(t testing.TB, root string) {
	t.Helper()
	beside, err := os.ReadDir(filepath.Dir(root))
	if err != nil || len(beside) != 2 {
		t.Errorf("outside are %v, %v", beside, err)
	}
	r, err := os.OpenRoot(root)
	must(t, err)
	defer r.Close()
	for _, name := range names(t, root) {
		if name == "out" || name == "above" || name == "absolute" {
			continue
		}
		if strings.Contains(name, ".parley-") {
			t.Errorf("left %s", name)
		}
		if _, err := r.Stat(name); err != nil && outside(err) {
			t.Errorf("%s leads out", name)
		}
	}
}

func TestNoArchive(t *testing.T) {
	both(t, func(t *testing.T, f *Files, dir string) {
		whole, err := io.ReadAll(archive(t, entryOf("file", strings.Repeat("x", 3000))))
		must(t, err)
		var zipped bytes.Buffer
		z := gzip.NewWriter(&zipped)
		_, err = z.Write(whole)
		must(t, errors.Join(err, z.Close()))
		_, err = f.Unpack(at(dir, "new"), &zipped)
		refused(t, err, "the archive is compressed by gzip; send it as plain tar")
		_, err = f.Unpack(at(dir), strings.NewReader(""))
		refused(t, err, "the archive is empty")
		done, err := f.Unpack(at(dir), archive(t)) // of no files
		must(t, err)
		if done.Paths == nil || len(done.Paths) != 0 {
			t.Errorf("of no files: %+v", done)
		}
		if got := names(t, dir); got != nil {
			t.Errorf("left %q", got)
		}
		_, err = f.Unpack(at(dir), strings.NewReader(strings.Repeat("no archive", 200)))
		refused(t, err, "not a tar archive: ")
		_, err = f.Unpack(at(dir), bytes.NewReader(whole[:2000]))
		refused(t, err, "the tar archive is cut off")
		for _, n := range []int{100, 2000, 3584, len(whole) - 1} { // in the header, the content, behind it, in the padding
			_, err = f.Unpack(at(dir), io.MultiReader(bytes.NewReader(whole[:n]), iotest.ErrReader(errCut)))
			if !errors.Is(err, ErrBody) {
				t.Errorf("cut after %d bytes: %v", n, err)
			}
		}
		_, err = f.Unpack(at(dir, "file"), bytes.NewReader(whole))
		refused(t, err, "not a directory: ")
	})
}

// TestSparse is an archive that is small and would be large.
func TestSparse(t *testing.T) {
	both(t, func(t *testing.T, f *Files, dir string) {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		content := "1\n0\n0\n" + strings.Repeat("\x00", 506)
		must(t, w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "GNUSparseFile.0/s", Size: int64(len(content)), Mode: 0o644, Format: tar.FormatPAX}))
		_, err := io.WriteString(w, content)
		must(t, errors.Join(err, w.Close()))
		record := func(k, v string) string {
			s := fmt.Sprintf(" %s=%s\n", k, v)
			return fmt.Sprintf("%d%s", len(s)+2, s)
		}
		records := record("GNU.sparse.major", "1") + record("GNU.sparse.minor", "0") + record("GNU.sparse.name", "s") + record("GNU.sparse.realsize", "999999999999")
		var head bytes.Buffer
		h := tar.NewWriter(&head)
		must(t, h.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "x", Size: int64(len(records)), Mode: 0o644, Format: tar.FormatUSTAR}))
		block := head.Bytes()[:512]
		block[156] = tar.TypeXHeader
		checksum(block)
		block = append(block, records...)
		block = append(block, make([]byte, 512-len(records))...)
		_, err = f.Unpack(at(dir), bytes.NewReader(append(block, b.Bytes()...)))
		refused(t, err, "tar entry is a sparse file: ")
		if got := names(t, dir); got != nil {
			t.Errorf("left %q", got)
		}
	})
}

func checksum(block []byte) {
	copy(block[148:156], "        ")
	sum := 0
	for _, c := range block[:512] {
		sum += int(c)
	}
	copy(block[148:156], fmt.Sprintf("%06o\x00 ", sum))
}

func TestManyEntries(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var entries []packed
	for i := range listed + 1 {
		entries = append(entries, entryOf(fmt.Sprint(i), ""))
	}
	done, err := open(t, dir).Unpack(at(dir), archive(t, entries...))
	if err != nil || len(done.Paths) != listed || !done.Truncated {
		t.Errorf("%d paths, %t, %v", len(done.Paths), done.Truncated, err)
	}
	if got := names(t, dir); len(got) != listed+1 {
		t.Errorf("%d files", len(got))
	}
}

// FuzzUnpack unpacks anything. Nothing comes to be outside of the directory, and no link leads there.
func FuzzUnpack(f *testing.F) {
	for _, entries := range [][]packed{
		{entryOf("a/b", "text")}, {entryOf("../x", "")}, {entryOf("above/x", "")}, {linkOf(tar.TypeSymlink, "l", "dir"), entryOf("l/x", "")},
		{linkOf(tar.TypeSymlink, "l", "../x")}, {linkOf(tar.TypeLink, "l", "out")}, {linkOf(tar.TypeSymlink, "d/l", "../d/../.."), entryOf("d/l/x", "")},
		{entryOf(strings.Repeat("long/", 60)+"x", "x")},
	} {
		b, err := io.ReadAll(archive(f, entries...))
		must(f, err)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		files, root := jail(t)
		_, err := files.Unpack(Path{Name: "."}, bytes.NewReader(b))
		if errors.Is(err, fs.ErrClosed) {
			t.Error(err)
		}
		contained(t, root)
		has(t, filepath.Join(filepath.Dir(root), "secret"), "secret")
	})
}
