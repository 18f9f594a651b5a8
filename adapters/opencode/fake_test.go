package opencode

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// The stand-in is this test binary, started as OpenCode: it serves the routes of the program that the adapter uses, sends
// the events that were recorded, and what it does stands in the message that it gets, one act a line (see acts). How it
// behaves at its start is in its environment. What was said in a session is in a file, for the next process.
const (
	fakeVariable  = "PARLEY_TEST_FAKE_OPENCODE" // set: be the stand-in
	startVariable = "PARLEY_TEST_FAKE_START"    // hang, broken, deaf, taken, stubborn, hangabort, hangprompt, badconfig
	fakeVersion   = "9.9.9"
)

type object = map[string]any

// fake is a stand-in at work.
type fake struct {
	data string // the directory for sessions
	mode string

	mu       sync.Mutex
	ids      int
	sessions map[string]*fakeSession
	streams  map[*fakeStream]bool
	asked    map[string]*fakeRequest // open ones
	followed chan struct{}           // closed, and replaced, when somebody follows
}

// fakeSession is a session as it is stored.
type fakeSession struct {
	ID         string          `json:"id"`
	ParentID   string          `json:"parentID,omitempty"`
	Title      string          `json:"title"`
	Directory  string          `json:"directory"`
	Permission []rule          `json:"permission"`
	Messages   []*fakeMessage  `json:"messages"`
	Status     object          `json:"-"` // nil when idle
	Prompt     json.RawMessage `json:"-"` // the newest

	cancel context.CancelFunc // of the running turn
}

type fakeMessage struct {
	Info  object   `json:"info"`
	Parts []object `json:"parts"`
}

// fakeStream is a client that follows the events of a directory.
type fakeStream struct {
	directory string
	events    chan []byte // closed when the stream is cut
	unwritten sync.WaitGroup
}

// fakeRequest waits for an answer.
type fakeRequest struct {
	kind   string // permission or question
	about  object
	answer chan json.RawMessage
}

func fakeMain() int {
	if len(os.Args) > 1 && os.Args[1] == "--version" {
		fmt.Println(fakeVersion)
		return 0
	}
	f := &fake{
		data: filepath.Join(os.Getenv("XDG_DATA_HOME"), "opencode"), mode: os.Getenv(startVariable),
		sessions: map[string]*fakeSession{}, streams: map[*fakeStream]bool{}, asked: map[string]*fakeRequest{}, followed: make(chan struct{}),
	}
	switch f.mode {
	case "hang":
		select {}
	case "deaf":
		signal.Ignore(syscall.SIGTERM)
	case "broken":
		fmt.Fprintln(os.Stderr, "warming up\nno such luck")
		return 7
	case "taken":
		if f.firstStart() {
			fmt.Fprintln(os.Stderr, "Error: Unexpected error\n\nServeError")
			return 1
		}
	}
	return f.serve()
}

// firstStart says whether no process was started here before.
func (f *fake) firstStart() bool {
	mark := filepath.Join(f.data, "started")
	if err := os.MkdirAll(f.data, 0o700); err != nil {
		panic(err)
	}
	_, err := os.Stat(mark)
	_ = os.WriteFile(mark, nil, 0o600)
	return errors.Is(err, os.ErrNotExist)
}

func (f *fake) serve() int {
	var port string
	for i, a := range os.Args {
		if a == "--port" && i+1 < len(os.Args) {
			port = os.Args[i+1]
		}
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:"+port)
	if err != nil {
		fmt.Fprintln(os.Stderr, "ServeError:", err)
		return 1
	}
	fmt.Println("Warning: something to be read over")
	fmt.Println("opencode server listening on http://" + listener.Addr().String())
	server := &http.Server{Handler: f.guard(f.routes()), ReadHeaderTimeout: time.Minute}
	fmt.Fprintln(os.Stderr, server.Serve(listener))
	return 1
}

// guard lets only those in who know the password.
func (f *fake) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, password, _ := r.BasicAuth()
		switch {
		case name != os.Getenv("OPENCODE_SERVER_USERNAME") || password != os.Getenv("OPENCODE_SERVER_PASSWORD") || password == "":
			http.Error(w, "no entry", http.StatusUnauthorized)
		case r.URL.Query().Get("directory") == "":
			http.Error(w, "no directory", http.StatusTeapot)
		case f.mode == "badconfig":
			refuse400(w, "ConfigInvalidError", "opencode.json is not what it should be")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func refuse400(w http.ResponseWriter, name, message string) {
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(object{"name": name, "data": object{"message": message}})
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// id makes an id that grows, as the program's do.
func (f *fake) id(prefix string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ids++
	stamp := (time.Now().UnixMilli()<<12 + int64(f.ids)%4096) & (1<<48 - 1)
	return fmt.Sprintf("%s_%012x%014d", prefix, stamp, f.ids)
}

// keep stores a session for later processes.
func (f *fake) keep(s *fakeSession) {
	f.mu.Lock()
	defer f.mu.Unlock()
	content, err := json.Marshal(s)
	if err == nil {
		err = errors.Join(os.MkdirAll(f.data, 0o700), os.WriteFile(filepath.Join(f.data, s.ID+".json"), content, 0o600))
	}
	if err != nil {
		panic(err)
	}
}

// session finds a session, one of an earlier process too.
func (f *fake) session(id string) *fakeSession {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.sessions[id]; s != nil {
		return s
	}
	content, err := os.ReadFile(filepath.Join(f.data, filepath.Base(id)+".json"))
	s := &fakeSession{}
	if err != nil || json.Unmarshal(content, s) != nil {
		return nil
	}
	f.sessions[id] = s
	return s
}
