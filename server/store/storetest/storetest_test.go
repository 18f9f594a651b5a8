package storetest

import "testing"

func TestMemory(t *testing.T) {
	t.Parallel()
	Run(t, func(testing.TB) Harness { return Harness{Store: NewMemory()} })
}

// TestFaultyAtRest: without faults the wrapper is what it wraps.
func TestFaultyAtRest(t *testing.T) {
	t.Parallel()
	Run(t, func(testing.TB) Harness { return Harness{Store: NewFaulty(NewMemory())} })
}
