package client

import (
	"context"
	"io"
	"net/http"
)

// upload is a body that is streamed.
type upload struct {
	reader io.Reader
	again  io.ReaderAt // the same, when it can be sent again
	from   int64       // where it stands
	size   int64       // of what follows
}

// newUpload finds out how much there is to send. What cannot be asked, such as a pipe, is sent until it ends.
func newUpload(r io.Reader) *upload {
	u := &upload{reader: r}
	at, readable := r.(io.ReaderAt)
	s, seekable := r.(io.Seeker)
	if !readable || !seekable {
		return u
	}
	from, err := s.Seek(0, io.SeekCurrent)
	if err != nil {
		return u
	}
	end, err := s.Seek(0, io.SeekEnd)
	if err != nil {
		return u
	}
	if _, err := s.Seek(from, io.SeekStart); err == nil {
		u.again, u.from, u.size = at, from, max(0, end-from)
	}
	return u
}

// op lets a request be repeated only when its body can be.
func (u *upload) op() op { return op{harmless: u.again != nil, once: u.again == nil} }

// body is that of one attempt: the one before may still be read from. It hides what it is from net/http, which would close it.
func (u *upload) body() io.Reader {
	if u.again == nil {
		return struct{ io.Reader }{u.reader}
	}
	return io.NewSectionReader(u.again, u.from, u.size)
}

// head lets the server refuse an upload before it is sent.
func (u *upload) head(_ context.Context, req *http.Request) error {
	if u.again != nil {
		req.ContentLength = u.size
	}
	if u.again != nil && u.size == 0 {
		req.Body = http.NoBody
		return nil
	}
	req.Header.Set("Expect", "100-continue")
	return nil
}
