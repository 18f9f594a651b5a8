package server

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/files"
	"github.com/parleyhq/parley/server/session"
)

// held is a server whose files are held inside a directory.
func held(t *testing.T, options ...option) (w *world, root string) {
	t.Helper()
	root = t.TempDir()
	f, err := files.New(files.Config{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return start(t, append(options, func(c *Config, _ *session.Config) { c.Files = f })...), root
}

func fsPath(route, path string, more ...string) string {
	return "/v1/fs/" + route + "?path=" + url.QueryEscape(path) + strings.Join(more, "")
}

func packed(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	archive := tar.NewWriter(&b)
	for _, name := range names {
		if err := archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// wantFiles wants a directory to have these entries and no other.
func wantFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%s has %q, want %q", dir, got, want)
	}
}

func TestFiles(t *testing.T) {
	w, root := held(t)
	w.do("PUT", fsPath("file", "a/b"), "hello", "Content-Type", "-", "Content-Type", "text/anything").want(200)
	w.do("PUT", fsPath("file", "a/empty"), "").want(200)
	if a := w.get(fsPath("file", "a/b")).want(200); string(a.body) != "hello" || a.header.Get("Content-Length") != "5" ||
		a.header.Get("Content-Type") != "application/octet-stream" || a.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("read %q, %v", a.body, a.header)
	}
	if a := w.get(fsPath("file", "a/empty")).want(200); len(a.body) != 0 {
		t.Errorf("read %q", a.body)
	}
	list := decodeAs[[]openapi.FsEntry](t, w.get("/v1/fs/entries").want(200).body)
	if len(list) != 1 || list[0].Path != filepath.Join(root, "a") || list[0].EntryType != openapi.FsEntryTypeDirectory {
		t.Errorf("listed %+v", list)
	}
	w.post(fsPath("mkdir", "a/c/d"), "").want(200)
	if a := w.get(fsPath("entries", "a/c/d")).want(200); strings.TrimSpace(string(a.body)) != "[]" {
		t.Errorf("listed %s", a.body)
	}
	moved := decodeAs[openapi.FsMoved](t, w.post("/v1/fs/move", `{"from":"a/b","to":"x/y"}`).want(200).body)
	if moved.To != filepath.Join(root, "x", "y") {
		t.Errorf("moved %+v", moved)
	}
	if stat := decodeAs[openapi.FsStat](t, w.get(fsPath("stat", moved.To)).want(200).body); stat.Size != 5 || stat.Modified.IsZero() {
		t.Errorf("stat %+v", stat)
	}
	w.do("DELETE", fsPath("entry", "a", "&recursive=true"), "").want(200)
	w.post(fsPath("upload-batch", "x"), packed(t, "t/u"), "Content-Type", "-", "Content-Type", "application/x-tar; x=y").want(200)
	wantFiles(t, root, "x")
	wantFiles(t, filepath.Join(root, "x"), "t", "y")
}

func TestFileRefusals(t *testing.T) {
	w, root := held(t)
	w.session("gone")
	w.do("DELETE", "/v1/sessions/gone", "").want(204)
	w.do("PUT", fsPath("file", "dir/file"), "text").want(200)
	if err := os.Symlink("..", filepath.Join(root, "out")); err != nil {
		t.Fatal(err)
	}
	at := func(path string) string { return filepath.Join(root, path) }
	const invalid = "invalid_request"
	asTar := []string{"Content-Type", "-", "Content-Type", "application/x-tar"}
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
		code, detail       string
	}{
		"no path":               {"GET", "/v1/fs/file", "", nil, 400, invalid, "query/path: value is required but missing"},
		"outside":               {"GET", fsPath("file", "/etc/passwd"), "", nil, 400, invalid, "path is outside of " + root + ": /etc/passwd"},
		"above":                 {"GET", fsPath("file", "../x"), "", nil, 400, invalid, "invalid relative path: ../x"},
		"link":                  {"GET", fsPath("entries", "out"), "", nil, 400, invalid, "path leads out of the root: " + at("out")},
		"write through a link":  {"PUT", fsPath("file", "out/x"), "text", nil, 400, invalid, "path leads out of the root: " + at("out/x")},
		"missing":               {"GET", fsPath("stat", "none"), "", nil, 400, invalid, "path not found: " + at("none")},
		"directory as a file":   {"GET", fsPath("file", "dir"), "", nil, 400, invalid, "not a file: " + at("dir")},
		"file as a directory":   {"GET", fsPath("entries", "dir/file"), "", nil, 400, invalid, "not a directory: " + at("dir/file")},
		"write to a directory":  {"PUT", fsPath("file", "dir"), "text", nil, 400, invalid, "not a file: " + at("dir")},
		"delete what is full":   {"DELETE", fsPath("entry", "dir"), "", nil, 502, "stream_error", at("dir") + ": directory not empty"},
		"move onto":             {"POST", "/v1/fs/move", `{"from":"dir/file","to":"dir"}`, nil, 400, invalid, "destination already exists: " + at("dir")},
		"move nothing":          {"POST", "/v1/fs/move", `{"from":"none","to":"x"}`, nil, 400, invalid, "path not found: " + at("none")},
		"unknown session":       {"GET", fsPath("stat", root, "&session_id=nobody"), "", nil, 404, "session_not_found", "nobody"},
		"deleted session":       {"GET", fsPath("stat", "x", "&sessionId=gone"), "", nil, 404, "session_not_found", "gone"},
		"archive as JSON":       {"POST", fsPath("upload-batch", "t"), "{}", nil, 400, invalid, `content type "application/json"; send application/x-tar`},
		"archive that escapes":  {"POST", fsPath("upload-batch", "t"), packed(t, "../x"), asTar, 400, invalid, "tar entry escapes: ../x"},
		"archive that is gzip":  {"POST", fsPath("upload-batch", "t"), "\x1f\x8b\x08", asTar, 400, invalid, "the archive is compressed by gzip; send it as plain tar"},
		"range behind the end":  {"GET", fsPath("file", "dir/file"), "", []string{"Range", "bytes=4-"}, 416, "range_not_satisfiable", "the file ends before the range begins"},
		"session in both forms": {"GET", fsPath("stat", "x", "&sessionId=a&session_id=a"), "", nil, 400, invalid, "query/session_id: is given more than once"},
	} {
		t.Run(name, func(t *testing.T) {
			w := *w
			w.t = t
			w.do(c.method, c.path, c.body, c.headers...).refused(c.status, c.code, kinds[session.Code(c.code)].prefix+": "+c.detail)
		})
	}
}

// TestSessionsFiles begin at the session's directory, and at the server's own where the session has none.
func TestSessionsFiles(t *testing.T) {
	w := start(t)
	dir := t.TempDir()
	w.post("/v1/sessions/s", fmt.Sprintf(`{"agent":"mock","directory":%q}`, dir)).want(200)
	w.session("elsewhere")
	for _, name := range []string{"session_id", "sessionId"} {
		w.do("PUT", fsPath("file", "notes/"+name, "&"+name+"=s"), "text").want(200)
	}
	wantFiles(t, filepath.Join(dir, "notes"), "sessionId", "session_id")
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	stat := decodeAs[openapi.FsStat](t, w.get(fsPath("stat", "fs_test.go", "&session_id=elsewhere")).want(200).body)
	if stat.Path != filepath.Join(here, "fs_test.go") {
		t.Errorf("found %s", stat.Path)
	}
}

func TestRanges(t *testing.T) {
	w, _ := held(t)
	w.do("PUT", fsPath("file", "x"), "0123456789").want(200)
	for asked, want := range map[string]string{
		"bytes=2-4": "234", "bytes=7-": "789", "bytes=-2": "89", "bytes=0-0,2-2": "0123456789", "lines=1-2": "0123456789",
	} {
		a := w.get(fsPath("file", "x"), "Range", asked)
		if string(a.body) != want || (a.status == 206) != (len(want) < 10) || a.header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("%s: %d %q", asked, a.status, a.body)
		}
	}
	head := w.do("HEAD", fsPath("file", "x"), "").want(200)
	if head.header.Get("Content-Length") != "10" || len(head.body) > 0 || head.header.Get("Last-Modified") == "" {
		t.Errorf("head %v", head.header)
	}
	w.get(fsPath("file", "x"), "If-Modified-Since", head.header.Get("Last-Modified")).want(200)
}

// TestMadeUpFiles have no size, or one that is not theirs, and can be read.
func TestMadeUpFiles(t *testing.T) {
	w := start(t)
	for path, holds := range map[string]string{"/proc/self/status": "Pid:", "/sys/class/net/lo/mtu": "65536\n"} {
		t.Run(path, func(t *testing.T) {
			if _, err := os.Stat(path); err != nil {
				t.Skip("there is none here")
			}
			w := *w
			w.t = t
			if a := w.get(fsPath("file", path)).want(200); !strings.Contains(string(a.body), holds) {
				t.Errorf("read %q", a.body)
			}
		})
	}
}

// TestUnreadableFile is one that can be opened, and not read: nothing of it was sent, so that the answer can say so.
func TestUnreadableFile(t *testing.T) {
	const path = "/proc/self/mem"
	if _, err := os.Stat(path); err != nil {
		t.Skip("there is none here")
	}
	start(t).get(fsPath("file", path)).refused(502, "stream_error", "stream error: read "+path+": input/output error")
}

// TestDownloadEndsWithItsClient, also while it waits for more of the file.
func TestDownloadEndsWithItsClient(t *testing.T) {
	waiting, more, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer more.Close()
	ctx, leave := context.WithCancel(t.Context())
	d := &download{file: waiting, request: httptest.NewRequestWithContext(ctx, "GET", "/", nil)}
	ended := make(chan error, 1)
	go func() { ended <- d.VisitReadFsFileResponse(httptest.NewRecorder()) }()
	leave()
	select {
	case err := <-ended:
		if !errors.Is(err, os.ErrClosed) {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(time.Minute):
		t.Error("it still waits")
	}
}

// TestFileLimit is not that of other bodies.
func TestFileLimit(t *testing.T) {
	w, root := held(t, func(c *Config, _ *session.Config) { c.BodyLimit, c.FileLimit = 10, 2000 })
	w.do("PUT", fsPath("file", "fits"), strings.Repeat("x", 2000)).want(200)
	const detail = "payload too large: the body may have 2000 bytes"
	w.do("PUT", fsPath("file", "fits"), strings.Repeat("y", 2001)).refused(413, "payload_too_large", detail)
	w.post(fsPath("upload-batch", "."), packed(t, "a", "b"), "Content-Type", "-", "Content-Type", "application/x-tar").
		refused(413, "payload_too_large", detail)
	r := w.request("PUT", fsPath("file", "new/file"), "")
	r.Body, r.ContentLength = io.NopCloser(io.LimitReader(endless{}, 5000)), -1
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 413 {
		t.Errorf("status %d", resp.StatusCode)
	}
	wantFiles(t, root, "fits")
	if a := w.get(fsPath("file", "fits")); strings.Trim(string(a.body), "x") != "" {
		t.Errorf("replaced by %q", a.body)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// TestLargeBodyIsNotRead beyond its limit, by nobody.
func TestLargeBodyIsNotRead(t *testing.T) {
	w := start(t, func(c *Config, _ *session.Config) { c.BodyLimit = 1000 })
	w.session("s")
	body := &io.LimitedReader{R: endless{}, N: 1 << 24}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "http://localhost/v1/sessions/s/messages", body)
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	w.server.Handler().ServeHTTP(rec, r)
	if read := 1<<24 - body.N; rec.Code != 413 || read > 64<<10 {
		t.Errorf("status %d after %d bytes", rec.Code, read)
	}
}

// TestSlowUpload takes far longer than a request may, and always makes progress.
func TestSlowUpload(t *testing.T) {
	const pieces, timeout = 10, 500 * time.Millisecond
	w, _ := held(t, func(c *Config, _ *session.Config) { c.ReadTimeout = timeout })
	body, sent := io.Pipe()
	go func() {
		ticks := time.NewTicker(timeout / 5)
		defer ticks.Stop()
		for range pieces {
			<-ticks.C
			_, _ = sent.Write([]byte("piece "))
		}
		sent.Close()
	}()
	r := w.request("PUT", fsPath("file", "x"), "")
	r.Body, r.ContentLength = body, -1
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if read, _ := io.ReadAll(resp.Body); resp.StatusCode != 200 || !bytes.Contains(read, []byte(`"bytesWritten":60`)) {
		t.Errorf("status %d: %s", resp.StatusCode, read)
	}
}

// TestStuckUpload makes none.
func TestStuckUpload(t *testing.T) {
	w, root := held(t, func(c *Config, _ *session.Config) { c.ReadTimeout = 50 * time.Millisecond })
	body, sent := io.Pipe()
	defer sent.Close()
	r := w.request("PUT", fsPath("file", "x"), "")
	r.Body, r.ContentLength = body, -1
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 400 {
		t.Errorf("status %d", resp.StatusCode)
	}
	wantFiles(t, root)
}

// TestCutUpload leaves what was there.
func TestCutUpload(t *testing.T) {
	for name, framing := range map[string]string{"length": "Content-Length: 1000\r\n\r\nhalf", "chunks": "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"} {
		t.Run(name, func(t *testing.T) {
			w, root := held(t)
			w.do("PUT", fsPath("file", "old"), "old").want(200)
			for _, path := range []string{"old", "new/file"} {
				conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
				if err != nil {
					t.Fatal(err)
				}
				_, err = fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: localhost\r\n%s", fsPath("file", path), framing)
				if err = errors.Join(err, conn.(*net.TCPConn).CloseWrite()); err != nil {
					t.Fatal(err)
				}
				answer, err := io.ReadAll(conn)
				if conn.Close(); err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.1 400 ")) {
					t.Errorf("%s: %q, %v", path, answer, err)
				}
			}
			wantFiles(t, root, "old")
			if a := w.get(fsPath("file", "old")); string(a.body) != "old" {
				t.Errorf("replaced by %q", a.body)
			}
		})
	}
}
