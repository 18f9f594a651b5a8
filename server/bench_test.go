package server

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/store/sqlite"
	"github.com/parleyhq/parley/server/stub"
)

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(Config{Sessions: new(session.Service)}); err != nil {
			b.Fatal(err)
		}
	}
}

// nothing answers without doing anything, to see what is around a handler.
type nothing struct{ *Server }

func (nothing) PostMessage(context.Context, stub.PostMessageRequestObject) (stub.PostMessageResponseObject, error) {
	return stub.PostMessage204Response{}, nil
}

func (nothing) GetHealth(context.Context, stub.GetHealthRequestObject) (stub.GetHealthResponseObject, error) {
	return stub.GetHealth200JSONResponse{Status: openapi.HealthStatusOk}, nil
}

// discard is a response that nobody reads.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

// BenchmarkRequest compares a request through Echo and the stub alone with one through everything of ours.
func BenchmarkRequest(b *testing.B) {
	s, err := New(Config{Sessions: new(session.Service), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	plain := echo.New()
	stub.RegisterHandlers(plain, stub.NewStrictHandler(nothing{s}, nil))
	stub.RegisterHandlers(s.echo, stub.NewStrictHandler(nothing{s}, nil)) // instead of its own

	const message = `{"message":"Summarize the repository structure.","attachments":[{"path":"/srv/project/plan.pdf","mime":"application/pdf"}]}`
	for _, c := range []struct{ name, method, path, body string }{
		{"post", "POST", "/v1/sessions/build-session/messages", message},
		{"get", "GET", "/v1/health", ""},
	} {
		for name, h := range map[string]http.Handler{"echo": plain, "whole": s.Handler()} {
			b.Run(c.name+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					r := httptest.NewRequest(c.method, "http://localhost"+c.path, strings.NewReader(c.body))
					r.Header.Set("Content-Type", "application/json")
					h.ServeHTTP(discard{http.Header{}}, r)
				}
			})
		}
	}
}

// BenchmarkFanOut delivers one burst to many followers over real connections.
func BenchmarkFanOut(b *testing.B) {
	for _, followers := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("followers=%d", followers), func(b *testing.B) {
			w := start(b, quiet, durable(b))
			events := 2_000_000 / max(followers, 100)
			delivered, taken := 0, time.Duration(0)
			for i := range b.N {
				id := fmt.Sprint("s", i)
				w.session(id)
				readers := w.readers(id, followers, uint64(events))
				began := time.Now()
				w.post("/v1/sessions/"+id+"/messages", fmt.Sprintf(`{"message":"burst %d"}`, events)).want(204)
				readers.Wait()
				taken += time.Since(began)
				delivered += followers * events
			}
			b.ReportMetric(float64(delivered)/taken.Seconds(), "events/s")
		})
	}
}

// BenchmarkPace is how late events are at 100 followers when they come at a pace, 500 a second: from the owner's stamp over
// the disk and HTTP to the reader.
func BenchmarkPace(b *testing.B) {
	const followers = 100
	w := start(b, quiet, durable(b))
	w.session("s")
	var mu sync.Mutex
	var late []time.Duration
	var done sync.WaitGroup
	for range followers {
		conn := w.dial("s")
		until(b, conn, 1)
		done.Go(func() {
			defer conn.Close()
			mine := lateness(b, conn, b.N)
			mu.Lock()
			defer mu.Unlock()
			late = append(late, mine...)
		})
	}
	w.post("/v1/sessions/s/messages", fmt.Sprintf(`{"message":"slow %d 2"}`, b.N)).want(204)
	done.Wait()
	slices.Sort(late)
	b.ReportMetric(float64(late[len(late)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(late[len(late)*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(0, "ns/op")
}

// lateness reads n deltas and compares their time with the clock.
func lateness(t testing.TB, conn net.Conn, n int) (late []time.Duration) {
	r := lines.Get().(*bufio.Reader)
	defer lines.Put(r)
	r.Reset(conn)
	for len(late) < n {
		line, err := r.ReadSlice('\n')
		if err != nil {
			t.Error(err)
			return late
		}
		if !bytes.Contains(line, []byte(`"type":"item.delta"`)) {
			continue
		}
		_, rest, _ := bytes.Cut(line, []byte(`"time":"`))
		stamp, _, _ := bytes.Cut(rest, []byte(`"`))
		sent, err := time.Parse(time.RFC3339Nano, string(stamp))
		if err != nil {
			t.Error(err)
			return late
		}
		late = append(late, time.Since(sent))
	}
	return late
}

// BenchmarkReplay reads a long log from its beginning, as one stream and as a page.
func BenchmarkReplay(b *testing.B) {
	const events = 100_000
	w := start(b, quiet, durable(b))
	w.session("s")
	w.played("s", fmt.Sprint("burst ", events))
	b.Run("stream", func(b *testing.B) {
		for b.Loop() {
			w.readers("s", 1, events).Wait()
		}
		b.ReportMetric(float64(events*b.N)/b.Elapsed().Seconds(), "events/s")
	})
	b.Run("page", func(b *testing.B) {
		for b.Loop() {
			resp, err := http.DefaultClient.Do(w.request("GET", "/v1/sessions/s/events", ""))
			if err != nil {
				b.Fatal(err)
			}
			n, err := io.Copy(io.Discard, resp.Body)
			if err != nil {
				b.Fatal(err)
			}
			resp.Body.Close()
			b.SetBytes(n)
		}
		b.ReportMetric(float64(events*b.N)/b.Elapsed().Seconds(), "events/s")
	})
}

// BenchmarkIdle tells what a follower costs that has nothing to read.
func BenchmarkIdle(b *testing.B) {
	const followers = 1000
	for b.Loop() {
		w := start(b, quiet)
		w.session("s")
		conns := make([]net.Conn, followers)
		before := memory()
		for i := range conns {
			conns[i] = w.dial("s")
			until(b, conns[i], 1)
		}
		b.ReportMetric(float64(memory()-before)/followers, "B/follower") // with the client's half of the connection
		for _, conn := range conns {
			conn.Close()
		}
		w.stop()
	}
}

func memory() uint64 {
	var m runtime.MemStats
	for range 4 { // stacks shrink by half each time
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// durable keeps sessions where the program keeps them.
func durable(b *testing.B) option {
	st, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "parley.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = st.Close() })
	return func(_ *Config, d *session.Config) { d.Store = st }
}

func quiet(c *Config, d *session.Config) {
	c.Log = slog.New(slog.DiscardHandler)
	d.Log = c.Log
}

// readers follow a session from its beginning until they have seen an event. They are connected when it returns.
func (w *world) readers(id string, n int, last uint64) *sync.WaitGroup {
	var connected, done sync.WaitGroup
	for range n {
		connected.Add(1)
		done.Go(func() {
			conn := w.dial(id)
			defer conn.Close()
			connected.Done()
			until(w.t, conn, last)
		})
	}
	connected.Wait()
	return &done
}

// dial follows a session on a connection of its own, with as little client as possible.
func (w *world) dial(id string) net.Conn {
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		w.t.Error(err)
		return conn
	}
	if _, err := fmt.Fprintf(conn, "GET /v1/sessions/%s/events/sse HTTP/1.1\r\nHost: localhost\r\n\r\n", id); err != nil {
		w.t.Error(err)
	}
	return conn
}

var lines = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 64<<10) }}

// until reads until the id of an event.
func until(t testing.TB, conn net.Conn, last uint64) {
	r := lines.Get().(*bufio.Reader)
	defer lines.Put(r)
	r.Reset(conn)
	want := fmt.Appendf(nil, "id: %d\n", last)
	for {
		line, err := r.ReadSlice('\n')
		if bytes.Equal(line, want) {
			return
		}
		if err != nil && err != bufio.ErrBufferFull {
			t.Errorf("event %d: %v", last, err)
			return
		}
	}
}
