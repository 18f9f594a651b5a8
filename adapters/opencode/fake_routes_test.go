package opencode

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
)

func (f *fake) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /event", f.follow)
	mux.HandleFunc("GET /agent", func(w http.ResponseWriter, _ *http.Request) { reply(w, fakeAgents) })
	mux.HandleFunc("GET /config", func(w http.ResponseWriter, _ *http.Request) { reply(w, object{"model": "fake/large"}) })
	mux.HandleFunc("GET /config/providers", func(w http.ResponseWriter, _ *http.Request) { reply(w, fakeProviders) })
	mux.HandleFunc("GET /mcp", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, object{"good": object{"status": "connected"}, "bad": object{"status": "failed", "error": "no such luck"}})
	})
	mux.HandleFunc("POST /session", f.create)
	mux.HandleFunc("GET /session/status", f.states)
	mux.HandleFunc("GET /session/{id}", f.withSession(func(w http.ResponseWriter, _ *http.Request, s *fakeSession) {
		reply(w, object{"id": s.ID, "parentID": s.ParentID, "title": s.Title})
	}))
	mux.HandleFunc("GET /session/{id}/message", f.withSession(f.messages))
	mux.HandleFunc("GET /session/{id}/children", f.withSession(f.children))
	mux.HandleFunc("POST /session/{id}/prompt_async", f.withSession(f.prompt))
	mux.HandleFunc("POST /session/{id}/abort", f.withSession(f.abort))
	for _, kind := range []string{"permission", "question"} {
		mux.HandleFunc("GET /"+kind, func(w http.ResponseWriter, _ *http.Request) { reply(w, f.open(kind)) })
		mux.HandleFunc("POST /"+kind+"/{id}/reply", f.answer)
	}
	mux.HandleFunc("POST /question/{id}/reject", f.answer)
	return mux
}

var fakeAgents = []object{
	{"name": "build", "description": "The default", "mode": "primary", "permission": []rule{
		{"*", "*", "allow"}, {"doom_loop", "*", "ask"}, {"question", "*", "allow"}, {"bash", "rm *", "deny"}, {"edit", "*.md", "ask"},
	}},
	{"name": "plan", "mode": "primary", "permission": []rule{{"*", "*", "allow"}, {"edit", "*", "deny"}}},
	{"name": "reviewer", "description": "Reviews", "mode": "all", "permission": []rule{{"*", "*", "allow"}}},
	{"name": "general", "mode": "subagent", "permission": []rule{}},
	{"name": "title", "mode": "primary", "hidden": true, "permission": []rule{}},
}

var fakeProviders = object{
	"providers": []object{{"id": "fake", "models": object{
		"large": object{"name": "Large", "limit": object{"context": 1000}, "variants": object{"low": object{}, "high": object{}}},
		"small": object{"name": "Small", "limit": object{"context": 100}},
	}}},
	"default": object{"fake": "small"},
}

func (f *fake) withSession(h func(http.ResponseWriter, *http.Request, *fakeSession)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s := f.session(r.PathValue("id"))
		if s == nil {
			w.WriteHeader(http.StatusNotFound)
			reply(w, object{"name": "NotFoundError", "data": object{"message": "Session not found"}})
			return
		}
		h(w, r, s)
	}
}

func (f *fake) create(w http.ResponseWriter, r *http.Request) {
	s := &fakeSession{ID: f.id("ses"), Directory: r.URL.Query().Get("directory")}
	if err := json.NewDecoder(r.Body).Decode(s); err != nil {
		refuse400(w, "BadRequest", err.Error())
		return
	}
	f.add(s)
	reply(w, object{"id": s.ID, "title": s.Title})
}

func (f *fake) add(s *fakeSession) {
	f.mu.Lock()
	f.sessions[s.ID] = s
	f.mu.Unlock()
	f.keep(s)
	f.say(s, "session.created", object{"info": object{"id": s.ID, "parentID": s.ParentID, "title": s.Title}})
}

func (f *fake) states(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	states := object{}
	for id, s := range f.sessions {
		if s.Status != nil {
			states[id] = s.Status
		}
	}
	reply(w, states)
}

func (f *fake) messages(w http.ResponseWriter, _ *http.Request, s *fakeSession) {
	f.mu.Lock()
	defer f.mu.Unlock()
	reply(w, s.Messages)
}

func (f *fake) children(w http.ResponseWriter, _ *http.Request, s *fakeSession) {
	f.mu.Lock()
	defer f.mu.Unlock()
	children := []object{}
	for _, child := range f.sessions {
		if child.ParentID == s.ID {
			children = append(children, object{"id": child.ID, "parentID": s.ID})
		}
	}
	reply(w, children)
}

func (f *fake) prompt(w http.ResponseWriter, r *http.Request, s *fakeSession) {
	var raw json.RawMessage
	if err := json.NewDecoder(r.Body).Decode(&raw); err != nil {
		refuse400(w, "BadRequest", err.Error())
		return
	}
	if f.mode == "hangprompt" {
		<-r.Context().Done()
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	f.mu.Lock()
	s.Prompt, s.cancel = raw, cancel
	f.mu.Unlock()
	go func() {
		defer cancel()
		f.play(ctx, s, raw)
	}()
	w.WriteHeader(http.StatusNoContent)
}

func (f *fake) abort(w http.ResponseWriter, r *http.Request, s *fakeSession) {
	switch f.mode {
	case "hangabort":
		<-r.Context().Done()
		return
	case "stubborn":
	default:
		f.mu.Lock()
		if s.cancel != nil {
			s.cancel()
		}
		f.mu.Unlock()
	}
	reply(w, true)
}

func (f *fake) open(kind string) []object {
	f.mu.Lock()
	defer f.mu.Unlock()
	open := []object{}
	for _, r := range f.asked {
		if r.kind == kind {
			open = append(open, r.about)
		}
	}
	return open
}

// answer answers a request. A rejected permission takes all others of its session with it.
func (f *fake) answer(w http.ResponseWriter, r *http.Request) {
	var body json.RawMessage
	_ = json.NewDecoder(r.Body).Decode(&body)
	f.mu.Lock()
	request := f.asked[r.PathValue("id")]
	f.mu.Unlock()
	if request == nil {
		w.WriteHeader(http.StatusNotFound)
		reply(w, object{"_tag": "PermissionNotFoundError", "message": "no such request"})
		return
	}
	f.resolve(r.PathValue("id"), body)
	var said permissionReply
	if json.Unmarshal(body, &said) == nil && said.Reply == "reject" {
		for _, other := range f.open("permission") {
			if other["sessionID"] == request.about["sessionID"] {
				f.resolve(other["id"].(string), []byte(`{"reply":"reject"}`))
			}
		}
	}
	reply(w, true)
}

// resolve hands an answer to who waits for it, and tells everybody.
func (f *fake) resolve(id string, body json.RawMessage) {
	f.mu.Lock()
	request := f.asked[id]
	delete(f.asked, id)
	f.mu.Unlock()
	if request == nil {
		return
	}
	s := f.session(request.about["sessionID"].(string))
	f.say(s, request.kind+".replied", object{"requestID": id})
	request.answer <- body
}

func (f *fake) follow(w http.ResponseWriter, r *http.Request) {
	stream := &fakeStream{directory: r.URL.Query().Get("directory"), events: make(chan []byte, 1<<16)}
	f.mu.Lock()
	f.streams[stream] = true
	close(f.followed)
	f.followed = make(chan struct{})
	f.mu.Unlock()
	defer f.leave(stream)
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	write := func(data []byte) error {
		_, _ = w.Write(slices.Concat([]byte("event: message\ndata: "), data, []byte("\n\n")))
		return flush.Flush()
	}
	if write([]byte(`{"type":"server.connected","properties":{}}`)) != nil {
		return
	}
	for {
		select {
		case data, ok := <-stream.events:
			if !ok {
				return
			}
			err := write(data)
			stream.unwritten.Done()
			if err != nil {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}

// leave takes back what was not written.
func (f *fake) leave(stream *fakeStream) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.streams, stream)
	for {
		select {
		case _, ok := <-stream.events:
			if !ok {
				return
			}
			stream.unwritten.Done()
		default:
			return
		}
	}
}

// say sends an event about a session to all who follow its directory.
func (f *fake) say(s *fakeSession, kind string, properties object) {
	properties["sessionID"] = s.ID
	data, err := json.Marshal(object{"id": f.id("evt"), "type": kind, "properties": properties})
	if err != nil {
		panic(err)
	}
	f.send(s.Directory, data)
}

func (f *fake) send(directory string, data []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for stream := range f.streams {
		if stream.directory == directory {
			stream.unwritten.Add(1)
			stream.events <- data
		}
	}
}

// cut ends all streams. What is said until somebody follows again, which is told, is lost.
func (f *fake) cut() (again <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for stream := range f.streams {
		close(stream.events)
		delete(f.streams, stream)
	}
	return f.followed
}
