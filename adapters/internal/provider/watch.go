package provider

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"
)

var errSilent = errors.New("silent for too long")

// watch cancels a request whose server is silent for longer than patience. Only the time that is spent waiting for the
// server counts, which is between begin and end.
type watch struct {
	patience time.Duration
	ctx      context.Context
	cancel   context.CancelCauseFunc
	alarm    *time.Timer
}

func (w *watch) begin() {
	if w.alarm == nil {
		w.alarm = time.AfterFunc(w.patience, func() { w.cancel(errSilent) })
		return
	}
	w.alarm.Reset(w.patience)
}

func (w *watch) end() { w.alarm.Stop() }

// fault says why there is no connection, or none any more.
func (w *watch) fault(err error) error {
	if errors.Is(context.Cause(w.ctx), errSilent) {
		return &Error{Kind: KindTimeout, Message: fmt.Sprintf("nothing came for %v", w.patience), Retryable: true, Err: errSilent}
	}
	// The address may contain secrets, and says nothing that the provider's name does not.
	if inURL := (*url.Error)(nil); errors.As(err, &inURL) {
		err = inURL.Err
	}
	kind := KindProvider
	if inNet := net.Error(nil); errors.As(err, &inNet) && inNet.Timeout() {
		kind = KindTimeout
	}
	return &Error{Kind: kind, Message: "the connection failed: " + err.Error(), Retryable: true, Err: err}
}
