package storetest

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/parleyhq/parley/server/store"
)

// Memory is a store.Store that keeps everything in memory, for tests of other packages. It passes Run; nothing
// outlives it.
type Memory struct {
	mu       sync.RWMutex
	closed   bool
	key      uint64
	sessions map[string]*kept
	keys     map[uint64]string           // the id that has a key
	receipts map[[2]string]store.Receipt // by scope and key
}

// kept is a session with its log; log[i] has sequence i+1.
type kept struct {
	row store.Session
	log []store.Record
}

var _ store.Store = (*Memory)(nil)

// NewMemory returns an empty store. It need not be closed.
func NewMemory() *Memory {
	return &Memory{sessions: map[string]*kept{}, keys: map[uint64]string{}, receipts: map[[2]string]store.Receipt{}}
}

func (m *Memory) usable(ctx context.Context) error {
	if m.closed {
		return store.ErrClosed
	}
	return ctx.Err()
}

// NewKey implements store.Store.
func (m *Memory) NewKey(ctx context.Context) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return 0, err
	}
	m.key++
	return m.key, nil
}

// Append implements store.Store.
func (m *Memory) Append(ctx context.Context, c store.Commit) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return err
	}
	if err := m.refuse(c); err != nil {
		return err
	}
	if c.Create != nil {
		m.create(c)
	}
	s := m.sessions[c.Session]
	s.row.Updated, s.row.Epoch = moment(c.At), c.Epoch
	s.row.Last += uint64(len(c.Records))
	for _, r := range c.Records {
		s.log = append(s.log, copyRecord(r, true))
	}
	if c.State != nil {
		s.row.State = *c.State
		s.row.State.Data = bytes.Clone(c.State.Data)
	}
	if c.Receipt != nil {
		m.receipts[[2]string{c.Receipt.Scope, c.Receipt.Key}] = copyReceipt(*c.Receipt)
	}
	return nil
}

// refuse looks in the order that store.Commit lays down.
func (m *Memory) refuse(c store.Commit) error {
	if err := c.Validate(); err != nil {
		return err
	}
	if c.Receipt != nil {
		if first, ok := m.receipts[[2]string{c.Receipt.Scope, c.Receipt.Key}]; ok {
			return &store.ReceiptError{First: copyReceipt(first)}
		}
	}
	s, ok := m.sessions[c.Session]
	switch {
	case c.Create != nil:
		return m.refuseNew(c.Create, ok)
	case !ok:
		return fmt.Errorf("%w: session %q", store.ErrNotFound, c.Session)
	case c.Epoch < s.row.Epoch:
		return fmt.Errorf("%w: session %q has epoch %d, the writer %d", store.ErrFenced, c.Session, s.row.Epoch, c.Epoch)
	case c.After != s.row.Last:
		return fmt.Errorf("%w: session %q is at %d, the writer at %d", store.ErrConflict, c.Session, s.row.Last, c.After)
	}
	return nil
}

func (m *Memory) refuseNew(create *store.Session, taken bool) error {
	if taken {
		return fmt.Errorf("%w: %q", store.ErrExists, create.ID)
	}
	if id, ok := m.keys[create.Key]; ok {
		return fmt.Errorf("store: key %d of new session %q is that of %q", create.Key, create.ID, id)
	}
	return nil
}

func (m *Memory) create(c store.Commit) {
	m.key, m.keys[c.Create.Key] = max(m.key, c.Create.Key), c.Session
	m.sessions[c.Session] = &kept{row: store.Session{
		Key: c.Create.Key, ID: c.Session, Created: moment(c.Create.Created), Data: bytes.Clone(c.Create.Data),
	}}
}

// Delete implements store.Store.
func (m *Memory) Delete(ctx context.Context, session string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return err
	}
	s, ok := m.sessions[session]
	if !ok {
		return fmt.Errorf("%w: session %q", store.ErrNotFound, session)
	}
	delete(m.sessions, session)
	delete(m.keys, s.row.Key)
	return nil
}

// Forget implements store.Store.
func (m *Memory) Forget(ctx context.Context, t time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return err
	}
	for at, r := range m.receipts {
		if r.Created.Before(t) {
			delete(m.receipts, at)
		}
	}
	return nil
}

// Close implements store.Store.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return store.ErrClosed
	}
	m.closed = true
	return nil
}
