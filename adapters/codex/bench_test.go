package codex

import "testing"

const deltaParams = `{"threadId":"01a1ffb4-4c7b-74d1-80a7-443a3da7b71f","turnId":"01a1ffb4-4cb0-7283-aef1-0a784a6ba434","itemId":"msg_d1bd3aaa50d0f6d53b61","delta":"hello fr"}`

func BenchmarkConvertDelta(b *testing.B) {
	c := newConverter(map[string]bool{})
	c.thread = "01a1ffb4-4c7b-74d1-80a7-443a3da7b71f"
	raw := []byte(deltaParams)
	b.ReportAllocs()
	for b.Loop() {
		if outputs, _ := c.convert("item/agentMessage/delta", parse(raw), raw); len(outputs) == 0 {
			b.Fatal("no output")
		}
	}
}
