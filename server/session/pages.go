package session

import (
	"context"
	"sync"

	"github.com/parleyhq/parley/server/store"
)

// What one page of the store holds at most, and how many pages a session's late followers share.
const (
	pageRecords = 1024
	pageBytes   = 1 << 20
	pagesKept   = 8
)

// pages are the parts of a log that late followers read, so that many who are equally late read the store once.
type pages struct {
	store   store.Store
	session string
	mu      sync.Mutex
	kept    []*page
}

// page is one read of the store, done once for all who want it.
type page struct {
	after   uint64
	raw     bool
	once    sync.Once
	records []store.Record
	err     error
}

// read returns the records after a sequence, and reads them once however many ask.
func (p *pages) read(ctx context.Context, after uint64, raw bool) ([]store.Record, error) {
	one := p.find(after, raw)
	one.once.Do(func() {
		ctx := context.WithoutCancel(ctx) // the others must not fail because the first one left
		one.records, one.err = p.store.Read(ctx, p.session, after, store.Page{Limit: pageRecords, Bytes: pageBytes, Raw: raw})
	})
	if one.err != nil || !full(one.records) {
		p.drop(one) // a fault may pass, and a short page may grow
	}
	return one.records, one.err
}

// full tells whether a page ended because it was large enough.
func full(records []store.Record) bool {
	bytes := 0
	for i := range records {
		bytes += len(records[i].JSON) + len(records[i].Raw)
	}
	return len(records) == pageRecords || bytes >= pageBytes
}

func (p *pages) find(after uint64, raw bool) *page {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range p.kept {
		if one.after == after && one.raw == raw {
			return one
		}
	}
	one := &page{after: after, raw: raw}
	p.kept = append(p.kept, one)
	if len(p.kept) > pagesKept {
		p.kept = append(p.kept[:0:0], p.kept[1:]...)
	}
	return one
}

func (p *pages) drop(one *page) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.kept {
		if p.kept[i] == one {
			p.kept = append(p.kept[:i:i], p.kept[i+1:]...)
			return
		}
	}
}
