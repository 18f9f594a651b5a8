// Package storetest defines what a store.Store does: Run is the suite that every implementation passes, one file per
// topic. It also has the stores that tests of other packages use: Memory, and Faulty, which goes wrong on demand.
// It imports store and the standard library only.
package storetest

import (
	"testing"

	"github.com/parleyhq/parley/server/store"
)

// A Harness is a fresh, empty store for one test. Whoever makes it also sees to its end (t.Cleanup).
type Harness struct {
	Store store.Store
	// Reopen closes the store in use and opens the same data again. nil where nothing outlives Close: the tests of
	// persistence then do not exist.
	Reopen func(t testing.TB) store.Store
}

// Run runs the suite. open is called once for each test, from many goroutines.
func Run(t *testing.T, open func(t testing.TB) Harness) {
	t.Helper()
	for name, test := range topics {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t).Store)
		})
	}
	if open(t).Reopen == nil {
		return
	}
	for name, test := range persistent {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

var topics = map[string]func(*testing.T, store.Store){
	"Order":                 order,
	"State":                 state,
	"EmptyCommit":           emptyCommit,
	"Create":                create,
	"CreateOnce":            createOnce,
	"CreateForm":            createForm,
	"UnknownSession":        unknownSession,
	"Conflict":              conflict,
	"ConflictOneWins":       conflictOneWins,
	"RecordForm":            recordForm,
	"Fencing":               fencing,
	"PageLimit":             pageLimit,
	"PageBytes":             pageBytes,
	"PageRaw":               pageRaw,
	"PageEnd":               pageEnd,
	"Fidelity":              fidelity,
	"LargeRecord":           largeRecord,
	"Names":                 names,
	"Ownership":             ownership,
	"Receipt":               receipt,
	"ReceiptFirstAnswer":    receiptFirstAnswer,
	"ReceiptGoesWithCommit": receiptGoesWithCommit,
	"ReceiptForget":         receiptForget,
	"List":                  list,
	"ListPages":             listPages,
	"ListPending":           listPending,
	"Unfinished":            unfinished,
	"UnfinishedMany":        unfinishedMany,
	"Delete":                deletion,
	"DeleteLong":            deleteLong,
	"ParallelSessions":      parallelSessions,
	"ReadersSeeNoGap":       readersSeeNoGap,
	"ReadersOfADeletion":    readersOfADeletion,
	"Cancelled":             cancelled,
	"Closed":                closed,
}

var persistent = map[string]func(*testing.T, Harness){
	"Reopen":           reopen,
	"ReopenFencing":    reopenFencing,
	"ReopenKeys":       reopenKeys,
	"ReopenAfterBurst": reopenAfterBurst,
}
