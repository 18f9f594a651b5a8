package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/parleyhq/parley/openapi"
)

// TestMain lets the test binary be the program itself, for scripts under its name.
func TestMain(m *testing.M) {
	if os.Getenv("BE_PARLEY") != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"parley": main})
}

const patience = 20 * time.Second

// program is a started parley.
type program struct {
	t      testing.TB
	cmd    *exec.Cmd
	url    string
	line   string // what it said at the start
	stderr *lines
	over   chan struct{}
	err    error
}

// lines collects what is written, and passes lines on.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func command(t testing.TB, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	home := t.TempDir()
	cmd.Env = append([]string{"BE_PARLEY=1", "HOME=" + home, "PATH=" + os.Getenv("PATH"), "XDG_DATA_HOME=" + filepath.Join(home, "data")}, env...)
	return cmd
}

// result is a program that came to its end.
type result struct {
	code           int
	stdout, stderr string
}

func ran(t *testing.T, env []string, args ...string) result {
	t.Helper()
	cmd := command(t, env, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// refused checks that a command fails with one line that says why.
func refused(t *testing.T, r result, parts ...string) {
	t.Helper()
	if r.code != 1 || r.stdout != "" || strings.Count(r.stderr, "\n") != 1 || !strings.HasPrefix(r.stderr, "parley: ") {
		t.Errorf("exit code %d, stdout %q, stderr %q", r.code, r.stdout, r.stderr)
	}
	for _, part := range parts {
		if !strings.Contains(r.stderr, part) {
			t.Errorf("no %q in %q", part, r.stderr)
		}
	}
}

// serving starts a server on any port and waits until it says that it listens.
func serving(t testing.TB, env []string, args ...string) *program {
	t.Helper()
	cmd := command(t, env, append([]string{"serve", "--port", "0"}, args...)...)
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, cmd: cmd, stderr: &lines{}, over: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 1)
	go p.watch(pipe, said)
	t.Cleanup(func() { p.end(syscall.SIGKILL) })
	select {
	case p.line = <-said:
	case <-p.over:
		t.Fatalf("parley ended: %v: %s", p.err, p.stderr)
	case <-time.After(patience):
		t.Fatal("parley says nothing")
	}
	p.url = regexp.MustCompile(`http://[^ "]+`).FindString(p.line)
	return p
}

func (p *program) watch(pipe io.Reader, said chan<- string) {
	scanner := bufio.NewScanner(pipe)
	for scanner.Scan() {
		p.stderr.mu.Lock()
		fmt.Fprintln(&p.stderr.text, scanner.Text())
		p.stderr.mu.Unlock()
		if strings.Contains(scanner.Text(), "listening") {
			said <- scanner.Text()
		}
	}
	p.err = p.cmd.Wait()
	close(p.over)
}

func (p *program) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Error(err)
	}
}

// end signals a program and waits for its end.
func (p *program) end(s os.Signal) {
	_ = p.cmd.Process.Signal(s)
	select {
	case <-p.over:
	case <-time.After(patience):
		p.t.Errorf("parley does not end: %s", p.stderr)
	}
}

func (p *program) do(method, path, body string, headers ...string) (int, []byte) {
	p.t.Helper()
	resp := p.open(method, path, body, headers...)
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.StatusCode, read
}

func (p *program) open(method, path, body string, headers ...string) *http.Response {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp
}

func (p *program) want(status int, method, path, body string) []byte {
	p.t.Helper()
	got, read := p.do(method, path, body)
	if got != status {
		p.t.Fatalf("%s %s: status %d: %s", method, path, got, read)
	}
	return read
}

// until reads a stream up to a text.
func until(t *testing.T, stream io.Reader, text string) *bufio.Scanner {
	t.Helper()
	scanner := bufio.NewScanner(stream)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		if strings.Contains(scanner.Text(), text) {
			return scanner
		}
	}
	t.Fatalf("no %q: %v", text, scanner.Err())
	return nil
}

func TestStartLine(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	p := serving(t, nil, "--data-dir", dir)
	want := regexp.MustCompile(`^parley listening on http://127\.0\.0\.1:[1-9]\d* · no token needed \(loopback only\) · data in ` + regexp.QuoteMeta(dir) + `$`)
	if !want.MatchString(p.line) {
		t.Errorf("start line %q", p.line)
	}
	if got := string(p.want(200, "GET", "/v1/health", "")); got != `{"status":"ok"}`+"\n" {
		t.Errorf("health %q", got)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("data directory: %v, %v", info, err)
	}
	p = serving(t, nil, "--data-dir", t.TempDir(), "--token", "s3cret", "--host", "0.0.0.0", "--log-level", "debug")
	if !strings.Contains(p.line, " · token needed · ") {
		t.Errorf("start line %q", p.line)
	}
	p.url = strings.Replace(p.url, "0.0.0.0", "127.0.0.1", 1)
	p.url = strings.Replace(p.url, "[::]", "127.0.0.1", 1)
	if status, _ := p.do("GET", "/v1/sessions", ""); status != 401 {
		t.Errorf("without a token: %d", status)
	}
	if status, _ := p.do("GET", "/v1/sessions", "", "Authorization", "Bearer s3cret"); status != 200 {
		t.Errorf("with the token: %d", status)
	}
	p.end(syscall.SIGTERM)
	if strings.Contains(p.stderr.String(), "s3cret") {
		t.Errorf("the token was printed: %s", p.stderr)
	}
}

func TestJSONLog(t *testing.T) {
	p := serving(t, []string{"PARLEY_LOG_FORMAT=json"}, "--data-dir", t.TempDir())
	var record struct {
		Msg, URL string
		Token    bool
	}
	if err := json.Unmarshal([]byte(p.line), &record); err != nil || record.Msg != "listening" || record.URL != p.url || record.Token {
		t.Errorf("start line %s: %v", p.line, err)
	}
}

// TestEnvironment sets what flags could set; the flag wins.
func TestEnvironment(t *testing.T) {
	dir := t.TempDir()
	env := []string{
		"PARLEY_TOKEN=from-env", "PARLEY_DATA_DIR=" + dir, "PARLEY_PORT=1", "PARLEY_MAX_BODY=100", "PARLEY_MAX_SESSIONS=1",
		"PARLEY_MOCK_DELAY=0", "PARLEY_CORS_ORIGIN=https://a.example.com,https://b.example.com", "PARLEY_HOST=",
	}
	p := serving(t, env, "--max-sessions", "2")
	if !strings.HasSuffix(p.line, dir) {
		t.Errorf("start line %q", p.line)
	}
	auth := []string{"Authorization", "Bearer from-env", "Origin", "https://b.example.com"}
	for i, want := range []int{200, 200, 429} {
		resp := p.open("POST", fmt.Sprint("/v1/sessions/s", i), `{"agent":"mock"}`, auth...)
		resp.Body.Close()
		if resp.StatusCode != want || resp.Header.Get("Access-Control-Allow-Origin") != "https://b.example.com" {
			t.Errorf("session %d: %d, %v", i, resp.StatusCode, resp.Header)
		}
	}
	if status, _ := p.do("POST", "/v1/sessions/s0/messages", `{"message":"`+strings.Repeat("x", 100)+`"}`, auth...); status != 413 {
		t.Errorf("a large body: %d", status)
	}
	for name, value := range map[string]string{
		"PARLEY_PORT": "70000", "PARLEY_MAX_BODY": "much", "PARLEY_MOCK_DELAY": "soon", "PARLEY_AGENT_IDLE": "-",
	} {
		refused(t, ran(t, []string{name + "=" + value}, "serve"), name, value)
	}
}

// TestDefaultDirectory is the user's own.
func TestDefaultDirectory(t *testing.T) {
	home := t.TempDir()
	p := serving(t, []string{"HOME=" + home, "XDG_DATA_HOME="})
	if want := filepath.Join(home, ".local", "share", "parley"); !strings.HasSuffix(p.line, "data in "+want) {
		t.Errorf("start line %q, want %s", p.line, want)
	}
	refused(t, ran(t, []string{"HOME=", "XDG_DATA_HOME="}, "serve"), "--data-dir")
}

func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "new")
	at := func(args ...string) result {
		return ran(t, nil, append([]string{"serve", "--data-dir", data}, args...)...)
	}
	refused(t, at("--host", "0.0.0.0"), "0.0.0.0:2468", "--token", "PARLEY_TOKEN", "127.0.0.1")
	refused(t, at("--host", "::"), "needs a token")
	refused(t, at("--host", ""), "needs a token")
	refused(t, at("--max-queue", "0"), "--max-queue")
	refused(t, at("--log-level", "loud"), `"loud"`, "debug, info, warn and error")
	refused(t, at("--log-format", "xml"), `"xml"`, "text nor json")
	refused(t, at("--prot", "1"), "unknown flag: --prot", "parley serve --help")
	refused(t, at("extra"), "extra")
	if _, err := os.Stat(data); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a refused start made the data directory: %v", err)
	}
	refused(t, at("--port", "0", "--cors-origin", "*"), `"*"`, "https://app.example.com")
	refused(t, at("--port", "0", "--token", " padded "), "white space")
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, ran(t, nil, "serve", "--port", "0", "--data-dir", filepath.Join(dir, "file")), "--data-dir")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	refused(t, at("--port", port), "in use", "--port")
	refused(t, ran(t, nil, "sreve"), "sreve")
}

func TestOneServerADirectory(t *testing.T) {
	dir := t.TempDir()
	first := serving(t, nil, "--data-dir", dir)
	refused(t, ran(t, nil, "serve", "--port", "0", "--data-dir", dir), "in use by another Parley")
	refused(t, ran(t, nil, "check", filepath.Join(dir, "parley.db")), "in use by another Parley")
	first.want(200, "GET", "/v1/sessions", "")
	first.end(syscall.SIGTERM)
	serving(t, nil, "--data-dir", dir)
}

func TestForeignFileIsLeftAlone(t *testing.T) {
	for name, content := range map[string]string{
		"other": "this is no data file of Parley, and has more than one hundred bytes, because that is what a header of SQLite has.",
		"short": "SQLite format 3\x00", "empty": "",
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "parley.db")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		before, _ := os.Stat(file)
		refused(t, ran(t, nil, "serve", "--port", "0", "--data-dir", dir), file)
		refused(t, ran(t, nil, "check", file), file)
		after, err := os.Stat(file)
		if err != nil || !after.ModTime().Equal(before.ModTime()) || after.Size() != before.Size() {
			t.Errorf("%s: the file was touched: %v, %v", name, after, err)
		}
		if read, _ := os.ReadFile(file); string(read) != content {
			t.Errorf("%s: the file was changed", name)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 1 {
			t.Errorf("%s: there are new files: %v", name, entries)
		}
	}
}

// TestShutdown ends streams cleanly and keeps everything.
func TestShutdown(t *testing.T) {
	for _, s := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		dir := t.TempDir()
		p := serving(t, nil, "--data-dir", dir)
		p.want(200, "POST", "/v1/sessions/s", `{"agent":"mock"}`)
		follow := p.open("GET", "/v1/sessions/s/events/sse", "")
		message := p.open("POST", "/v1/sessions/s/messages/stream", `{"message":"slow 1000 50"}`)
		rest := []*bufio.Scanner{until(t, follow.Body, "item.delta"), until(t, message.Body, "item.delta")}
		p.end(s)
		if p.err != nil {
			t.Errorf("%v: %v: %s", s, p.err, p.stderr)
		}
		for i, scanner := range rest {
			for scanner.Scan() {
			}
			if scanner.Err() != nil {
				t.Errorf("%v: stream %d does not end cleanly: %v", s, i, scanner.Err())
			}
		}
		if out := p.stderr.String(); strings.Count(out, "\n") != 1 {
			t.Errorf("%v: an orderly end says more than it should: %s", s, out)
		}
		if _, err := os.Stat(filepath.Join(dir, "parley.db-wal")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%v: the store was not closed: %v", s, err)
		}
		p = serving(t, nil, "--data-dir", dir)
		turnEnds(t, p)
		p.end(s)
	}
}

// turnEnds waits until the only turn of a session is over, and that it has ended once.
func turnEnds(t *testing.T, p *program) {
	t.Helper()
	stream := p.open("GET", "/v1/sessions/s/events/sse", "")
	defer stream.Body.Close()
	until(t, stream.Body, `"type":"turn.ended"`)
	p.want(204, "POST", "/v1/sessions/s/terminate", "")
	var page openapi.EventsResponse
	if err := json.Unmarshal(p.want(200, "GET", "/v1/sessions/s/events", ""), &page); err != nil {
		t.Fatal(err)
	}
	ended := 0
	for i, e := range page.Events {
		if e.Sequence != uint64(i+1) {
			t.Fatalf("event %d has sequence %d", i+1, e.Sequence)
		}
		if e.Type() == openapi.EventTurnEnded {
			ended++
		}
	}
	if ended != 1 {
		t.Errorf("the turn ended %d times", ended)
	}
}

// TestKilled takes up what a killed server left.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	p := serving(t, nil, "--data-dir", dir)
	p.want(200, "POST", "/v1/sessions/s", `{"agent":"mock"}`)
	stream := p.open("POST", "/v1/sessions/s/messages/stream", `{"message":"slow 1000 50"}`)
	defer stream.Body.Close()
	until(t, stream.Body, "item.delta")
	p.end(syscall.SIGKILL)
	p = serving(t, nil, "--data-dir", dir)
	turnEnds(t, p)
	if events := p.want(200, "GET", "/v1/sessions/s/events", ""); !bytes.Contains(events, []byte("server_restarted")) {
		t.Errorf("nothing says that the server was restarted: %s", events)
	}
}

// TestSecondSignal ends a server that waits for a request.
func TestSecondSignal(t *testing.T) {
	p := serving(t, nil, "--data-dir", t.TempDir())
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n") // so that the connection is known to be served
	if _, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(conn, "POST /v1/sessions/s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	p.want(200, "GET", "/v1/health", "")
	p.signal(syscall.SIGTERM)
	for { // until it does not listen any more
		probe, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
		if err != nil {
			break
		}
		probe.Close()
	}
	began := time.Now()
	p.end(syscall.SIGTERM)
	if waited := time.Since(began); p.err == nil || waited > 5*time.Second {
		t.Errorf("ended after %v: %v", waited, p.err)
	}
}

func TestTools(t *testing.T) {
	dir := t.TempDir()
	p := serving(t, nil, "--data-dir", dir)
	p.want(200, "POST", "/v1/sessions/s", `{"agent":"mock"}`)
	p.end(syscall.SIGTERM)
	for _, args := range [][]string{{"check", "--data-dir", dir}, {"check", filepath.Join(dir, "parley.db")}} {
		if r := ran(t, nil, args...); r.code != 0 || !strings.Contains(r.stdout, "1 sessions, 1 events") || !strings.HasSuffix(r.stdout, "no faults\n") {
			t.Errorf("check: %+v", r)
		}
	}
	if r := ran(t, []string{"PARLEY_DATA_DIR=" + dir}, "check"); r.code != 0 {
		t.Errorf("check: %+v", r)
	}
	refused(t, ran(t, nil, "check", filepath.Join(dir, "nothing")), "nothing")
	if r := ran(t, nil, "version"); r.code != 0 || !strings.HasPrefix(r.stdout, "parley ") {
		t.Errorf("version: %+v", r)
	}
	if r := ran(t, nil, "openapi"); r.code != 0 || r.stdout != string(openapi.Document) {
		t.Errorf("openapi: code %d, %d bytes", r.code, len(r.stdout))
	}
	if r := ran(t, nil, "openapi", "--json"); r.code != 0 || !json.Valid([]byte(r.stdout)) {
		t.Errorf("openapi --json: code %d, %d bytes", r.code, len(r.stdout))
	}
	if r := ran(t, nil, "agents", "list"); r.code != 0 || !strings.HasPrefix(r.stdout, "AGENT") || !strings.Contains(r.stdout, "\nmock ") {
		t.Errorf("agents list: %+v", r)
	}
	refused(t, ran(t, nil, "agents", "install", "mock"), "mock")
	refused(t, ran(t, nil, "agents", "install", "nobody@1.0.0"), `"nobody"`, "mock")
	refused(t, ran(t, nil, "agents", "install"), "arg")
}

// TestCheckFindsFaults damages a page that belongs to a log.
func TestCheckFindsFaults(t *testing.T) {
	dir := t.TempDir()
	p := serving(t, nil, "--data-dir", dir)
	p.want(200, "POST", "/v1/sessions/s", `{"agent":"mock"}`)
	p.want(200, "POST", "/v1/sessions/s/messages/stream", `{"message":"a text that is looked for"}`)
	p.end(syscall.SIGTERM)
	file := filepath.Join(dir, "parley.db")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.ReplaceAll(data, []byte("a text that is looked for"), []byte("a text that was falsified"))
	if bytes.Equal(data, damaged) {
		t.Fatal("the text is not in the file")
	}
	if err := os.WriteFile(file, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	r := ran(t, nil, "check", file)
	if r.code != 1 || !strings.Contains(r.stdout, `session "s"`) || !strings.Contains(r.stderr, "faults") {
		t.Errorf("check: %+v", r)
	}
}
