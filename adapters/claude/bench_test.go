package claude

import (
	"testing"
)

const deltaLine = `{"type":"stream_event","event":{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hello f"}},"session_id":"c9677909-eb6d-4f8d-b95b-7187a5ee0ae2","parent_tool_use_id":null,"uuid":"841ac83c-c133-4262-8041-bdc132845ba6","api_message_id":"msg_7bb83dbdcd84bcbf8233"}`

func BenchmarkConvertDelta(b *testing.B) {
	c := newConverter(false)
	for _, line := range []string{
		`{"type":"stream_event","event":{"type":"message_start","message":{"id":"msg_1"}}}`,
		`{"type":"stream_event","event":{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}}`,
	} {
		r, err := parse([]byte(line))
		if err != nil {
			b.Fatal(err)
		}
		c.convert(r, nil)
	}
	line := []byte(deltaLine)
	b.ReportAllocs()
	for b.Loop() {
		r, err := parse(line)
		if err != nil {
			b.Fatal(err)
		}
		if outputs, _ := c.convert(r, line); len(outputs) != 1 {
			b.Fatal(outputs)
		}
	}
}
