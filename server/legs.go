package server

import (
	"sync"

	"github.com/parleyhq/parley/server/uistream"
)

// maxLegs is of how many sessions the end of a leg is kept.
const maxLegs = 10_000

// legs are where the last legs of runs have ended: there the next ones begin, so that nothing is lost that an agent has said
// while its calls waited.
//
// They are kept in memory. After a restart no agent waits for a call any more, and those whose calls survive say nothing while
// they wait: what is not known here, because of a restart or of maxLegs, begins with the results.
type legs struct {
	mu   sync.Mutex
	ends map[string]legEnd // by session
}

type legEnd struct {
	turn string
	last uistream.ID
}

func newLegs() *legs { return &legs{ends: map[string]legEnd{}} }

// end notes the last UI event of a leg that ended with a request for tools.
func (l *legs) end(r run, last uistream.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.ends[r.session]; !known && len(l.ends) >= maxLegs {
		for other := range l.ends {
			delete(l.ends, other)
			break
		}
	}
	l.ends[r.session] = legEnd{r.turn, last}
}

// last is the last UI event of a run's last leg; zero where that is not known. What is known of other runs of the session is
// forgotten: they are over.
func (l *legs) last(r run) uistream.ID {
	l.mu.Lock()
	defer l.mu.Unlock()
	end := l.ends[r.session]
	if end.turn != r.turn {
		delete(l.ends, r.session)
		return uistream.ID{}
	}
	return end.last
}

// over forgets a run that has ended.
func (l *legs) over(r run) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ends[r.session].turn == r.turn {
		delete(l.ends, r.session)
	}
}

// forget forgets a session that is gone: its id may be another one's.
func (l *legs) forget(session string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.ends, session)
}
