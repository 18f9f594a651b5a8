package server

import (
	"context"

	"github.com/parleyhq/parley/server/stub"
)

// ListPermissions implements the operation of this name.
func (s *Server) ListPermissions(ctx context.Context, r stub.ListPermissionsRequestObject) (stub.ListPermissionsResponseObject, error) {
	pending, err := s.cfg.Sessions.Pending(ctx, r.SessionID)
	return stub.ListPermissions200JSONResponse{Permissions: pending.Permissions}, err
}

// ReplyPermission implements the operation of this name.
func (s *Server) ReplyPermission(ctx context.Context, r stub.ReplyPermissionRequestObject) (stub.ReplyPermissionResponseObject, error) {
	err := s.cfg.Sessions.ReplyPermission(ctx, r.SessionID, r.PermissionID, r.Body.Reply, once(r.Params.IdempotencyKey, r.Body))
	return stub.ReplyPermission204Response{}, err
}
