package session

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/parleyhq/parley/server/store"
)

// receiptLife is how long an idempotency key is remembered.
const receiptLife = 24 * time.Hour

// Idempotency makes a repeated command harmless. The zero value asks for nothing.
type Idempotency struct {
	Key  string // as the caller chose it
	Hash []byte // of the command's body
}

// scope keeps the keys of operations and sessions apart.
func scope(operation, session string) string { return operation + " " + session }

// recall answers a command that was answered before: it fills answer and returns true.
func (i Idempotency) recall(ctx context.Context, st store.Store, scope string, now time.Time, answer any) (bool, error) {
	if i.Key == "" {
		return false, nil
	}
	first, err := st.Receipt(ctx, scope, i.Key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	case err != nil:
		return false, err
	case now.Sub(first.Created) > receiptLife:
		return false, st.Forget(ctx, now.Add(-receiptLife))
	case !bytes.Equal(first.Hash, i.Hash):
		return false, &Error{Code: CodeIdempotencyConflict, Detail: "key was used with another body"}
	}
	return true, json.Unmarshal(first.Answer, answer)
}

// receipt remembers an answer together with what it answered; nil when nobody asked for it.
func (i Idempotency) receipt(scope string, now time.Time, answer any, sequence uint64) (*store.Receipt, error) {
	if i.Key == "" {
		return nil, nil
	}
	a, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	return &store.Receipt{
		Scope:    scope,
		Key:      i.Key,
		Hash:     i.Hash,
		Answer:   a,
		Sequence: sequence,
		Created:  now,
	}, nil
}
