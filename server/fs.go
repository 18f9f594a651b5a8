package server

import (
	"context"
	"errors"

	"github.com/parleyhq/parley/server/stub"
)

var errFilesLater = errors.New("files: under way")

// ListFsEntries implements the operation of this name.
func (s *Server) ListFsEntries(context.Context, stub.ListFsEntriesRequestObject) (stub.ListFsEntriesResponseObject, error) {
	return nil, errFilesLater
}

// ReadFsFile implements the operation of this name.
func (s *Server) ReadFsFile(context.Context, stub.ReadFsFileRequestObject) (stub.ReadFsFileResponseObject, error) {
	return nil, errFilesLater
}

// WriteFsFile implements the operation of this name.
func (s *Server) WriteFsFile(context.Context, stub.WriteFsFileRequestObject) (stub.WriteFsFileResponseObject, error) {
	return nil, errFilesLater
}

// DeleteFsEntry implements the operation of this name.
func (s *Server) DeleteFsEntry(context.Context, stub.DeleteFsEntryRequestObject) (stub.DeleteFsEntryResponseObject, error) {
	return nil, errFilesLater
}

// MkdirFs implements the operation of this name.
func (s *Server) MkdirFs(context.Context, stub.MkdirFsRequestObject) (stub.MkdirFsResponseObject, error) {
	return nil, errFilesLater
}

// MoveFs implements the operation of this name.
func (s *Server) MoveFs(context.Context, stub.MoveFsRequestObject) (stub.MoveFsResponseObject, error) {
	return nil, errFilesLater
}

// StatFs implements the operation of this name.
func (s *Server) StatFs(context.Context, stub.StatFsRequestObject) (stub.StatFsResponseObject, error) {
	return nil, errFilesLater
}

// UploadFsBatch implements the operation of this name.
func (s *Server) UploadFsBatch(context.Context, stub.UploadFsBatchRequestObject) (stub.UploadFsBatchResponseObject, error) {
	return nil, errFilesLater
}
