package server

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/stub"
)

// download answers with a file: whole, the range that is asked for, or only its head.
type download struct {
	file    *os.File
	request *http.Request
}

// asked gives a download the request that it answers, which the stub keeps to itself.
func asked(next stub.StrictHandlerFunc, _ string) stub.StrictHandlerFunc {
	return func(c echo.Context, request any) (any, error) {
		response, err := next(c, request)
		if d, ok := response.(*download); ok {
			d.request = c.Request()
		}
		return response, err
	}
}

// VisitReadFsFileResponse implements the stub's response.
func (d *download) VisitReadFsFileResponse(w http.ResponseWriter) error {
	defer func() { _ = d.file.Close() }()
	// The system makes some files up as it goes, such as its own log: waiting for more must not outlast the client.
	defer context.AfterFunc(d.request.Context(), func() { _ = d.file.Close() })()
	info, err := d.file.Stat()
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set(echo.HeaderContentType, echo.MIMEOctetStream)
	h.Set(echo.HeaderXContentTypeOptions, "nosniff") // a file is never a page of this server's
	h.Set(echo.HeaderCacheControl, "no-store")
	if info.Size() == 0 && d.request.Method != http.MethodHead {
		_, err := io.Copy(w, d.file) // files that the system makes up while they are read have no size
		return unread(w, err)
	}
	content, err := d.content(info.Size())
	if err != nil {
		return unread(w, err)
	}
	ranged := &ranged{ResponseWriter: w}
	http.ServeContent(ranged, d.want(), "", info.ModTime(), content)
	return ranged.refusal()
}

// unread says why a file could not be read, in a problem document where nothing was sent yet.
func unread(w http.ResponseWriter, err error) error {
	if err != nil {
		w.Header().Del(echo.HeaderContentType)
	}
	return ofFiles(err)
}

// content is what there is to be read, which can be less than the file's size says: the settings of a kernel all have that
// of a page of memory, whatever they hold.
func (d *download) content(size int64) (io.ReadSeeker, error) {
	if size > int64(os.Getpagesize()) {
		return d.file, nil
	}
	text, err := io.ReadAll(io.LimitReader(d.file, size))
	return bytes.NewReader(text), err
}

// want is all of the request that counts: its method and the one range that it asks for.
func (d *download) want() *http.Request {
	r := &http.Request{Method: d.request.Method, Header: http.Header{}}
	if one := d.request.Header.Get("Range"); strings.HasPrefix(one, "bytes=") && !strings.Contains(one, ",") {
		r.Header.Set("Range", one)
		r.Header.Set("If-Range", d.request.Header.Get("If-Range"))
	}
	return r
}

// ranged holds back what http.ServeContent says to a range that cannot be had, which is no problem document.
type ranged struct {
	http.ResponseWriter
	refused bool
}

func (r *ranged) WriteHeader(status int) {
	if status == http.StatusRequestedRangeNotSatisfiable {
		r.refused = true
		return
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *ranged) Write(b []byte) (int, error) {
	if r.refused {
		return len(b), nil
	}
	return r.ResponseWriter.Write(b)
}

func (r *ranged) refusal() error {
	if !r.refused {
		return nil
	}
	r.Header().Del(echo.HeaderContentType)
	return &session.Error{Code: codeRangeNotSatisfiable, Detail: "the file ends before the range begins"}
}
