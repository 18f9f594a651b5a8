package server

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"github.com/parleyhq/parley/server/session"
)

// uploads tells whether a body is a file. It is not read before its handler reads it, and has a limit of its own.
func uploads(body *openapi3.RequestBody) bool {
	for _, content := range body.Content {
		if content.Schema.Value.Format == "binary" {
			return true
		}
	}
	return false
}

// admitUpload refuses what can be refused by a request's head, and bounds the body.
func (s *Server) admitUpload(op *operation, c echo.Context) error {
	r := *c.Request() // its own keeps its body, by which net/http knows whether the client still waits to be told to send it
	if err := op.checkUploadType(r.Header.Get(echo.HeaderContentType)); err != nil {
		return err
	}
	in := &upload{ReadCloser: r.Body, control: http.NewResponseController(c.Response()), timeout: s.cfg.ReadTimeout}
	r.Body = in
	if limit := s.cfg.FileLimit; limit > 0 {
		if r.ContentLength > limit {
			return unreceived(&http.MaxBytesError{Limit: limit})
		}
		r.Body = http.MaxBytesReader(unwrapped(c.Response()), in, limit)
	}
	c.SetRequest(&r)
	return nil
}

// checkUploadType takes any type for a file, and only its own for an archive.
func (op *operation) checkUploadType(kind string) error {
	for want := range op.body.Content {
		if want != echo.MIMEOctetStream && !strings.HasPrefix(kind, want) {
			return &session.Error{Code: session.CodeInvalidRequest, Detail: fmt.Sprintf("content type %q; send %s", kind, want)}
		}
	}
	return nil
}

// upload is a body that may take as long as it likes while it makes progress.
type upload struct {
	io.ReadCloser
	control *http.ResponseController
	timeout time.Duration
	err     error // no deadline may be set when the body has ended: it would be that of the answer
}

func (u *upload) Read(p []byte) (n int, err error) {
	if u.err != nil {
		return 0, u.err
	}
	_ = u.control.SetReadDeadline(time.Now().Add(u.timeout)) // it fails only where there is no connection, as in tests
	n, u.err = u.ReadCloser.Read(p)
	return n, u.err
}

// unreceived says why a body could not be read.
func unreceived(err error) error {
	if err == nil {
		return nil
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &session.Error{Code: codePayloadTooLarge, Detail: fmt.Sprintf("the body may have %d bytes", tooLarge.Limit)}
	}
	return &session.Error{Code: session.CodeInvalidRequest, Detail: "the body was not received", Cause: err}
}
