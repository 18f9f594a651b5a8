package sqlite

import (
	"fmt"
	"testing"

	"github.com/parleyhq/parley/server/store"
)

// BenchmarkRead reads pages of 1,000 events, with one event per append and with 64.
func BenchmarkRead(b *testing.B) {
	for _, events := range []int{1, 64} {
		b.Run(fmt.Sprintf("page=1000/events=%d", events), func(b *testing.B) {
			s := openBench(b, dataFile(b))
			createBench(b, s, 0)
			const total = 10_000
			last := uint64(0)
			for ; last < total; last += uint64(events) {
				appendBench(b, s, "session-0", last, events)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				after := uint64(i*777) % (total - 1000)
				page, err := s.Read(b.Context(), "session-0", after, store.Page{Limit: 1000})
				if err != nil || len(page) != 1000 {
					b.Fatalf("%d records, %v", len(page), err)
				}
			}
		})
	}
}
