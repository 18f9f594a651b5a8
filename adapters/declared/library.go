package declared

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/adapters/internal/provider"
	"github.com/parleyhq/parley/openapi"
)

// patience is how long the folders are taken to be as they were.
const patience = time.Second

// Library is the folder of a server's declared agents. It reads what has changed when it is asked, at most once a second.
type Library struct {
	dir       string
	providers *provider.Registry
	log       *slog.Logger
	now       func() time.Time

	mu      sync.Mutex
	folders map[string]*folder // by name
	checked time.Time
}

var _ adapters.Library = (*Library)(nil)

// New reads the definitions. A broken one is logged and is no error; a directory that cannot be used is.
func New(c Config) (*Library, error) {
	c = c.withDefaults()
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return nil, err
	}
	l := &Library{dir: c.Dir, providers: c.Providers, log: c.Log, now: time.Now, folders: map[string]*folder{}}
	if err := l.recover(); err != nil {
		return nil, err
	}
	return l, l.check()
}

// look locks the library, with the folders as they are now.
func (l *Library) look() (unlock func()) {
	l.mu.Lock()
	if l.now().Sub(l.checked) >= patience {
		if err := l.check(); err != nil {
			l.log.Error("the folder of declared agents cannot be read", "dir", l.dir, "err", err)
		}
	}
	return l.mu.Unlock
}

// check reads the folders that have changed. Those that are gone are forgotten.
func (l *Library) check() error {
	l.checked = l.now()
	root, err := os.OpenRoot(l.dir)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // it was only read from
	names, err := folderNames(root)
	if err != nil {
		return err
	}
	maps.DeleteFunc(l.folders, func(name string, _ *folder) bool { return !slices.Contains(names, name) })
	for _, name := range names {
		l.checkFolder(root, name)
	}
	return nil
}

// checkFolder reads a folder if it has changed. When it is broken its last good version stays.
func (l *Library) checkFolder(root *os.Root, name string) {
	known := l.folders[name]
	print := fingerprint(root, name)
	if known != nil && known.print == print {
		return
	}
	read := readFolder(root, name)
	read.print = print
	if known != nil && read.agent == nil {
		read.agent = known.agent
	}
	l.folders[name] = read
	for _, f := range read.faults {
		level := slog.LevelWarn
		if f.Severity == protocol.Error {
			level = slog.LevelError
		}
		l.log.Log(context.Background(), level, "definition of an agent", "agent", name, "fault", f.String())
	}
}

// agent is the newest definition without errors; nil when there is none.
func (l *Library) agent(id string) *protocol.Agent {
	defer l.look()()
	if f := l.folders[id]; f != nil {
		return f.agent
	}
	return nil
}

// Adapters implements adapters.Library.
func (l *Library) Adapters(context.Context) []adapters.Adapter {
	defer l.look()()
	var all []adapters.Adapter
	for _, id := range slices.Sorted(maps.Keys(l.folders)) {
		if d := l.folders[id].agent; d != nil {
			all = append(all, &Adapter{library: l, id: id, known: d})
		}
	}
	return all
}

// Adapter implements adapters.Library.
func (l *Library) Adapter(_ context.Context, id string) (adapters.Adapter, bool) {
	d := l.agent(id)
	if d == nil {
		return nil, false
	}
	return &Adapter{library: l, id: id, known: d}, true
}

// Definitions implements adapters.Library.
func (l *Library) Definitions(context.Context) ([]openapi.AgentDefinitionSummary, error) {
	defer l.look()()
	all := []openapi.AgentDefinitionSummary{}
	for _, id := range slices.Sorted(maps.Keys(l.folders)) {
		all = append(all, l.folders[id].summary(id))
	}
	return all, nil
}

// Definition implements adapters.Library.
func (l *Library) Definition(_ context.Context, id string) (openapi.AgentDefinition, error) {
	defer l.look()()
	f := l.folders[id]
	if f == nil {
		return openapi.AgentDefinition{}, adapters.ErrNoDefinition
	}
	return f.definition(id), nil
}
