package storetest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/parleyhq/parley/server/store"
)

// Read implements store.Store.
func (m *Memory) Read(ctx context.Context, session string, after uint64, p store.Page) ([]store.Record, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if err := m.usable(ctx); err != nil {
		return nil, err
	}
	s, ok := m.sessions[session]
	if !ok {
		return nil, fmt.Errorf("%w: session %q", store.ErrNotFound, session)
	}
	var page []store.Record
	size := 0
	for _, r := range s.log[min(after, uint64(len(s.log))):] {
		if p.Limit > 0 && len(page) >= p.Limit || p.Bytes > 0 && size >= p.Bytes {
			break
		}
		r = copyRecord(r, p.Raw)
		page, size = append(page, r), size+len(r.JSON)+len(r.Raw)
	}
	return page, nil
}

// Session implements store.Store.
func (m *Memory) Session(ctx context.Context, session string) (store.Session, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if err := m.usable(ctx); err != nil {
		return store.Session{}, err
	}
	s, ok := m.sessions[session]
	if !ok {
		return store.Session{}, fmt.Errorf("%w: session %q", store.ErrNotFound, session)
	}
	return copySession(s.row), nil
}

// Sessions implements store.Store.
func (m *Memory) Sessions(ctx context.Context, f store.Filter) ([]store.Session, error) {
	list, err := m.pick(ctx, func(s store.Session) bool {
		return (f.Before == 0 || s.Key < f.Before) && (!f.Pending || s.State.Pending != 0)
	})
	if f.Limit > 0 && len(list) > f.Limit {
		list = list[:f.Limit]
	}
	return list, err
}

// Unfinished implements store.Store.
func (m *Memory) Unfinished(ctx context.Context) iter.Seq2[store.Session, error] {
	return func(yield func(store.Session, error) bool) {
		list, err := m.pick(ctx, func(s store.Session) bool { return s.State.Unfinished })
		if err != nil {
			yield(store.Session{}, err)
			return
		}
		for _, s := range list {
			if !yield(s, nil) {
				return
			}
		}
	}
}

// pick returns the rows that fit, the highest key first.
func (m *Memory) pick(ctx context.Context, fits func(store.Session) bool) ([]store.Session, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if err := m.usable(ctx); err != nil {
		return nil, err
	}
	var list []store.Session
	for _, s := range m.sessions {
		if fits(s.row) {
			list = append(list, copySession(s.row))
		}
	}
	slices.SortFunc(list, func(a, b store.Session) int { return cmp.Compare(b.Key, a.Key) })
	return list, nil
}

// Receipt implements store.Store.
func (m *Memory) Receipt(ctx context.Context, scope, key string) (store.Receipt, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if err := m.usable(ctx); err != nil {
		return store.Receipt{}, err
	}
	r, ok := m.receipts[[2]string{scope, key}]
	if !ok {
		return store.Receipt{}, fmt.Errorf("%w: key %q in %s", store.ErrNotFound, key, scope)
	}
	return copyReceipt(r), nil
}

// What goes in and out is copied, as it is with a store that has a disk in between: a test must see when its code
// changes a slice that it gave away or got.

func copyRecord(r store.Record, raw bool) store.Record {
	r.JSON = bytes.Clone(r.JSON)
	if !raw {
		r.Raw = nil
	}
	r.Raw = bytes.Clone(r.Raw)
	return r
}

func copySession(s store.Session) store.Session {
	s.Data, s.State.Data = bytes.Clone(s.Data), bytes.Clone(s.State.Data)
	return s
}

func copyReceipt(r store.Receipt) store.Receipt {
	r.Hash, r.Answer, r.Created = bytes.Clone(r.Hash), bytes.Clone(r.Answer), moment(r.Created)
	return r
}

// moment drops what a disk does not keep: the time zone and the monotonic clock.
func moment(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.Unix(0, t.UnixNano()).UTC()
}
