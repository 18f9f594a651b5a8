package client

import (
	"context"
	"net/http"

	"github.com/parleyhq/parley/openapi"
)

// ListPermissions lists the permission requests of a session that wait for an answer, oldest first.
func (c *Client) ListPermissions(ctx context.Context, session string) (openapi.PermissionListResponse, error) {
	return call[openapi.PermissionListResponse](ctx, c, harmless(session), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.ListPermissions(ctx, session, e)
	})
}

// ReplyPermission answers a permission request. PermissionReplyAlways holds for the rest of the session. An answer is
// accepted once; a second one is ErrInvalid. Heeds IdempotencyKey.
func (c *Client) ReplyPermission(ctx context.Context, session, permission string, reply openapi.PermissionReply, opts ...CallOption) error {
	req := openapi.PermissionReplyRequest{Reply: reply}
	return c.do(ctx, c.keyed(opts, session, permission), func(ctx context.Context, e edit) (*http.Response, error) {
		return c.raw.ReplyPermission(ctx, session, permission, nil, req, e)
	}, nil)
}
