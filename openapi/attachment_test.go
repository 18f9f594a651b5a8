package openapi

import "testing"

func TestAttachmentMediaType(t *testing.T) {
	for _, c := range []struct {
		a     Attachment
		want  string
		image bool
	}{
		{Attachment{Path: "/a/b.PNG"}, "image/png", true},
		{Attachment{Path: "/a/b.png", Mime: "Text/Plain; charset=utf-8"}, "text/plain", false},
		{Attachment{Path: "/a/b", Mime: " image/JPEG ;q=1"}, "image/jpeg", true},
		{Attachment{Path: "/a/b"}, "", false},
	} {
		if got := c.a.MediaType(); got != c.want || c.a.IsImage() != c.image {
			t.Errorf("%+v: got %q, %t", c.a, got, c.a.IsImage())
		}
	}
}
