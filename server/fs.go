package server

import (
	"cmp"
	"context"
	"errors"
	"os"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/files"
	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/stub"
)

// ListFsEntries implements the operation of this name.
func (s *Server) ListFsEntries(ctx context.Context, r stub.ListFsEntriesRequestObject) (stub.ListFsEntriesResponseObject, error) {
	list, err := onPath(ctx, s, r.Params.SessionID, cmp.Or(r.Params.Path, "."), s.cfg.Files.List)
	return stub.ListFsEntries200JSONResponse(list), err
}

// ReadFsFile implements the operation of this name.
func (s *Server) ReadFsFile(ctx context.Context, r stub.ReadFsFileRequestObject) (stub.ReadFsFileResponseObject, error) {
	file, err := onPath(ctx, s, r.Params.SessionID, r.Params.Path, s.cfg.Files.Open)
	return &download{file: file}, err
}

// WriteFsFile implements the operation of this name.
func (s *Server) WriteFsFile(ctx context.Context, r stub.WriteFsFileRequestObject) (stub.WriteFsFileResponseObject, error) {
	written, err := onPath(ctx, s, r.Params.SessionID, r.Params.Path, func(at files.Path) (openapi.FsWritten, error) {
		return s.cfg.Files.Write(at, r.Body)
	})
	return stub.WriteFsFile200JSONResponse(written), err
}

// DeleteFsEntry implements the operation of this name.
func (s *Server) DeleteFsEntry(ctx context.Context, r stub.DeleteFsEntryRequestObject) (stub.DeleteFsEntryResponseObject, error) {
	deleted, err := onPath(ctx, s, r.Params.SessionID, r.Params.Path, func(at files.Path) (openapi.FsChanged, error) {
		return s.cfg.Files.Delete(at, r.Params.Recursive)
	})
	return stub.DeleteFsEntry200JSONResponse(deleted), err
}

// MkdirFs implements the operation of this name.
func (s *Server) MkdirFs(ctx context.Context, r stub.MkdirFsRequestObject) (stub.MkdirFsResponseObject, error) {
	made, err := onPath(ctx, s, r.Params.SessionID, r.Params.Path, s.cfg.Files.Mkdir)
	return stub.MkdirFs200JSONResponse(made), err
}

// MoveFs implements the operation of this name.
func (s *Server) MoveFs(ctx context.Context, r stub.MoveFsRequestObject) (stub.MoveFsResponseObject, error) {
	moved, err := onPath(ctx, s, r.Params.SessionID, r.Body.From, func(from files.Path) (openapi.FsMoved, error) {
		return s.cfg.Files.Move(from, files.Path{Name: r.Body.To, Base: from.Base}, r.Body.Overwrite)
	})
	return stub.MoveFs200JSONResponse(moved), err
}

// StatFs implements the operation of this name.
func (s *Server) StatFs(ctx context.Context, r stub.StatFsRequestObject) (stub.StatFsResponseObject, error) {
	stat, err := onPath(ctx, s, r.Params.SessionID, r.Params.Path, s.cfg.Files.Stat)
	return stub.StatFs200JSONResponse(stat), err
}

// UploadFsBatch implements the operation of this name.
func (s *Server) UploadFsBatch(ctx context.Context, r stub.UploadFsBatchRequestObject) (stub.UploadFsBatchResponseObject, error) {
	unpacked, err := onPath(ctx, s, r.Params.SessionID, cmp.Or(r.Params.Path, "."), func(at files.Path) (openapi.FsUploaded, error) {
		return s.cfg.Files.Unpack(at, r.Body)
	})
	return stub.UploadFsBatch200JSONResponse(unpacked), err
}

// onPath does something with a path, which begins at a session's directory where it is relative and a session is named.
func onPath[T any](ctx context.Context, s *Server, id, path string, do func(files.Path) (T, error)) (T, error) {
	base, err := s.directory(ctx, id)
	if err != nil {
		return *new(T), err
	}
	done, err := do(files.Path{Name: path, Base: base})
	return done, ofFiles(err)
}

// directory is where a session's agent works; "" without a session.
func (s *Server) directory(ctx context.Context, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	info, err := s.cfg.Sessions.Get(ctx, id)
	if err != nil {
		return "", err
	}
	if info.Directory != nil {
		return *info.Directory, nil
	}
	return os.Getwd()
}

// ofFiles translates what package files refuses or cannot do.
func ofFiles(err error) error {
	if refused, ok := errors.AsType[*files.Refusal](err); ok {
		return &session.Error{Code: session.CodeInvalidRequest, Detail: refused.Detail}
	}
	if err == nil || errors.Is(err, files.ErrBody) {
		return unreceived(err)
	}
	return &session.Error{Code: session.CodeStreamError, Detail: err.Error(), Details: map[string]any{"message": err.Error()}, Cause: err}
}
