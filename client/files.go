package client

import (
	"context"
	"io"
	"net/http"

	"github.com/parleyhq/parley/openapi"
)

// The files are the server's. A relative path begins at the directory of the session that is named, else at the server's
// home, or the one directory that the server lets its callers reach. A path that leads nowhere, or out of it, is ErrInvalid.

// ListFsEntries lists a directory, by name. An empty Path is the directory that relative paths begin at.
func (c *Client) ListFsEntries(ctx context.Context, params openapi.ListFsEntriesParams) ([]openapi.FsEntry, error) {
	return call[[]openapi.FsEntry](ctx, c, harmless(), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.ListFsEntries(ctx, &params, e, onlySet)
	})
}

// StatFs describes what a path leads to, through links.
func (c *Client) StatFs(ctx context.Context, params openapi.StatFsParams) (openapi.FsStat, error) {
	return call[openapi.FsStat](ctx, c, harmless(), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.StatFs(ctx, &params, e, onlySet)
	})
}

// ReadFsFile reads a file, of any size, as it comes. The caller closes it; when the connection is cut, or ctx ends, reading
// fails before the end. Range asks for a part of it, such as "bytes=1000-" to go on after a cut.
func (c *Client) ReadFsFile(ctx context.Context, params openapi.ReadFsFileParams) (io.ReadCloser, error) {
	return c.open(ctx, harmless(), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.ReadFsFile(ctx, &params, e, onlySet)
	})
}

// WriteFsFile puts a file in its place when all of body has arrived, and makes the directories above it. A body that is an
// io.ReaderAt and an io.Seeker, such as an *os.File, is sent again from where it stands when an attempt fails; any other one
// is sent once. body is not closed. When the call fails it may still be read from for a moment.
func (c *Client) WriteFsFile(ctx context.Context, params openapi.WriteFsFileParams, body io.Reader) (openapi.FsWritten, error) {
	u := newUpload(body)
	return call[openapi.FsWritten](ctx, c, u.op(), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.WriteFsFileWithBody(ctx, &params, "application/octet-stream", u.body(), e, onlySet, u.head)
	})
}

// DeleteFsEntry deletes a file or a directory, which goes with what is in it only when Recursive. When its answer is lost it
// is not repeated.
func (c *Client) DeleteFsEntry(ctx context.Context, params openapi.DeleteFsEntryParams) (openapi.FsChanged, error) {
	return call[openapi.FsChanged](ctx, c, op{}, func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.DeleteFsEntry(ctx, &params, e, onlySet)
	})
}

// MkdirFs makes a directory and those above it. One that is there is fine.
func (c *Client) MkdirFs(ctx context.Context, params openapi.MkdirFsParams) (openapi.FsChanged, error) {
	return call[openapi.FsChanged](ctx, c, harmless(), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.MkdirFs(ctx, &params, e, onlySet)
	})
}

// MoveFs moves or renames a file or a directory. When its answer is lost it is not repeated.
func (c *Client) MoveFs(ctx context.Context, params openapi.MoveFsParams, req openapi.FsMoveRequest) (openapi.FsMoved, error) {
	return call[openapi.FsMoved](ctx, c, op{}, func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.MoveFs(ctx, &params, req, e, onlySet)
	})
}

// UploadFsBatch unpacks a plain tar archive into a directory. Of an archive that is refused, what stands before the fault is
// unpacked. The archive is sent like the body of WriteFsFile.
func (c *Client) UploadFsBatch(ctx context.Context, params openapi.UploadFsBatchParams, archive io.Reader) (openapi.FsUploaded, error) {
	u := newUpload(archive)
	return call[openapi.FsUploaded](ctx, c, u.op(), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.UploadFsBatchWithBody(ctx, &params, "application/x-tar", u.body(), e, onlySet, u.head)
	})
}

// onlySet takes out parameters that are empty: the generated client would send them, and the server refuse them.
func onlySet(_ context.Context, req *http.Request) error {
	q := req.URL.Query()
	for name := range q {
		if q.Get(name) == "" {
			q.Del(name)
		}
	}
	req.URL.RawQuery = q.Encode()
	if req.Header.Get("Range") == "" {
		req.Header.Del("Range")
	}
	return nil
}
