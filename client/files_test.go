package client_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

func newClient(t *testing.T) *client.Client {
	t.Helper()
	c, err := client.New(serverURL)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestLifeOfAFile goes the whole way, in the directory of a session.
func TestLifeOfAFile(t *testing.T) {
	t.Parallel()
	c, dir := newClient(t), t.TempDir()
	id := t.Name()
	if _, err := c.CreateSession(t.Context(), id, openapi.CreateSessionRequest{Agent: "mock", Directory: dir}); err != nil {
		t.Fatal(err)
	}
	const name = "a b/%2F?&é.txt"
	written, err := c.WriteFsFile(t.Context(), openapi.WriteFsFileParams{Path: name, SessionID: id}, strings.NewReader("hello"))
	if err != nil || written != (openapi.FsWritten{Path: filepath.Join(dir, name), BytesWritten: 5}) {
		t.Fatalf("%+v, %v", written, err)
	}
	for rng, want := range map[string]string{"": "hello", "bytes=1-3": "ell", "bytes=4-": "o"} {
		if got := readFile(t, c, openapi.ReadFsFileParams{Path: written.Path, Range: rng}); got != want {
			t.Errorf("%q: read %q", rng, got)
		}
	}
	if _, err := c.MoveFs(t.Context(), openapi.MoveFsParams{SessionID: id}, openapi.FsMoveRequest{From: name, To: "b"}); err != nil {
		t.Error(err)
	}
	if _, err := c.MkdirFs(t.Context(), openapi.MkdirFsParams{SessionID: id, Path: "made"}); err != nil {
		t.Error(err)
	}
	list, err := c.ListFsEntries(t.Context(), openapi.ListFsEntriesParams{SessionID: id})
	if err != nil || len(list) != 3 || list[1].Name != "b" || list[2].EntryType != openapi.FsEntryTypeDirectory {
		t.Errorf("%+v, %v", list, err)
	}
	if stat, err := c.StatFs(t.Context(), openapi.StatFsParams{SessionID: id, Path: "b"}); err != nil || stat.Size != 5 {
		t.Errorf("%+v, %v", stat, err)
	}
	if _, err := c.DeleteFsEntry(t.Context(), openapi.DeleteFsEntryParams{Path: dir}); !errors.Is(err, client.ErrAgent) {
		t.Errorf("a directory with something in it: %v", err)
	}
	if _, err := c.DeleteFsEntry(t.Context(), openapi.DeleteFsEntryParams{Path: dir, Recursive: true}); err != nil {
		t.Error(err)
	}
	if _, err := c.ReadFsFile(t.Context(), openapi.ReadFsFileParams{Path: "b", SessionID: id}); !errors.Is(err, client.ErrInvalid) {
		t.Errorf("a file that is gone: %v", err)
	}
	if err := c.DeleteSession(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := c.StatFs(t.Context(), openapi.StatFsParams{SessionID: id, Path: "/"}); !errors.Is(err, client.ErrNotFound) {
		t.Errorf("a session that is gone: %v", err)
	}
}

func readFile(t *testing.T, c *client.Client, params openapi.ReadFsFileParams) string {
	t.Helper()
	file, err := c.ReadFsFile(t.Context(), params)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	b, err := io.ReadAll(file)
	if err != nil {
		t.Error(err)
	}
	return string(b)
}

func TestUploadFsBatch(t *testing.T) {
	t.Parallel()
	c, dir := newClient(t), t.TempDir()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := errors.Join(w.WriteHeader(&tar.Header{Name: "a/b", Mode: 0o600, Typeflag: tar.TypeReg}), w.Close()); err != nil {
		t.Fatal(err)
	}
	done, err := c.UploadFsBatch(t.Context(), openapi.UploadFsBatchParams{Path: dir}, &b)
	if err != nil || len(done.Paths) != 1 || done.Paths[0] != filepath.Join(dir, "a", "b") || done.Truncated {
		t.Errorf("%+v, %v", done, err)
	}
}

// TestUploadsAreRepeated when their body can be sent again, from where it stood.
func TestUploadsAreRepeated(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString("before|body"); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Seek(7, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	done := answer(200, `{}`)
	w := newWire(t, abort, refuse(503, "internal", ""), done, done)
	upload := func(body io.Reader) error {
		return second(w.client().WriteFsFile(t.Context(), openapi.WriteFsFileParams{Path: "x"}, body))
	}
	if err := upload(file); err != nil {
		t.Fatal(err)
	}
	if err := upload(bytes.NewReader(nil)); err != nil {
		t.Fatal(err)
	}
	for i, r := range w.asked(4) {
		if want := []string{"body", "body", "body", ""}[i]; r.body != want {
			t.Errorf("request %d had %q", i, r.body)
		}
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		t.Errorf("the file was closed: %v", err)
	}
}

// TestUploadsAreNotRepeated when their body is gone, or the answer will be the same.
func TestUploadsAreNotRepeated(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body   io.Reader
		script http.HandlerFunc
	}{
		"a stream, cut":         {io.MultiReader(strings.NewReader("text")), abort},
		"a stream, refused":     {io.MultiReader(strings.NewReader("text")), refuse(503, "internal", "")},
		"a file on a full disk": {strings.NewReader("text"), refuse(502, "stream_error", "")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWire(t, c.script)
			if err := second(w.client().UploadFsBatch(t.Context(), openapi.UploadFsBatchParams{}, c.body)); err == nil {
				t.Error("no error")
			}
			if r := w.asked(1)[0]; r.body != "text" || r.header.Get("Content-Type") != "application/x-tar" {
				t.Errorf("sent %+v", r)
			}
		})
	}
}

// TestDownloads are opened again until they are there, and are not whole when they are cut.
func TestDownloads(t *testing.T) {
	t.Parallel()
	w := newWire(t, abort, refuse(500, "internal", ""), func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Length", "100")
		_, _ = rw.Write([]byte("half"))
		rw.(http.Flusher).Flush()
		abort(rw, nil)
	})
	file, err := w.client().ReadFsFile(t.Context(), openapi.ReadFsFileParams{Path: "x"})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if b, err := io.ReadAll(file); string(b) != "half" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("read %q, %v", b, err)
	}
	w.asked(3)
}

// endless is so many bytes that are made as they are read.
type endless struct{ left int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), e.left)
	for i := range p[:n] {
		p[i] = byte(e.left - int64(i))
	}
	e.left -= n
	return int(n), nil
}

// TestRefusedUploadIsNotSent waits for the server's word before the body.
func TestRefusedUploadIsNotSent(t *testing.T) {
	t.Parallel()
	transport := &http.Transport{ExpectContinueTimeout: time.Minute}
	defer transport.CloseIdleConnections()
	c, err := client.New(serverURL, client.WithHTTPClient(&http.Client{Transport: transport}))
	if err != nil {
		t.Fatal(err)
	}
	body := &endless{1 << 30}
	_, err = c.WriteFsFile(t.Context(), openapi.WriteFsFileParams{Path: "x", SessionID: "nobody"}, body)
	if !errors.Is(err, client.ErrNotFound) || body.left != 1<<30 {
		t.Errorf("%v, after %d bytes", err, 1<<30-body.left)
	}
}

// TestLargeFiles go up and down without being in memory: all that both sides allocate on the way is a part of one.
func TestLargeFiles(t *testing.T) {
	size := int64(1 << 30)
	if testing.Short() {
		size = 64 << 20
	}
	c, path := newClient(t), filepath.Join(t.TempDir(), "large")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	written, err := c.WriteFsFile(t.Context(), openapi.WriteFsFileParams{Path: path}, &endless{size})
	if err != nil || written.BytesWritten != size {
		t.Fatalf("%+v, %v", written, err)
	}
	file, err := c.ReadFsFile(context.WithoutCancel(t.Context()), openapi.ReadFsFileParams{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, file)
	if err = errors.Join(err, file.Close()); err != nil || n != size {
		t.Errorf("read %d bytes, %v", n, err)
	}
	runtime.ReadMemStats(&after)
	allocated := int64(after.TotalAlloc - before.TotalAlloc)
	t.Logf("%d MiB up and down, %d KiB allocated in all, %d MiB held from the system", size>>20, allocated>>10, after.Sys>>20)
	if allocated > 32<<20 {
		t.Errorf("%d bytes were allocated", allocated)
	}
}
