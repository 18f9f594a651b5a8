package provider

import (
	"testing"
)

func TestThinkingOfAnthropic(t *testing.T) {
	t.Parallel()
	cases := []struct {
		model    string
		thinking Thinking
		want     string
	}{
		{"claude-opus-4-5-20251101", ThinkingNone, `{"max_tokens":16384}`},
		{"claude-opus-4-5-20251101", ThinkingLow, `{"max_tokens":21384,"thinking":{"type":"enabled","budget_tokens":5000}}`},
		{"claude-3-7-sonnet-latest", ThinkingMedium, `{"max_tokens":26384,"thinking":{"type":"enabled","budget_tokens":10000}}`},
		{"claude-sonnet-4-20250514", ThinkingHigh, `{"max_tokens":36384,"thinking":{"type":"enabled","budget_tokens":20000}}`},
		{"something-else", ThinkingHigh, `{"max_tokens":36384,"thinking":{"type":"enabled","budget_tokens":20000}}`},
		{"claude-sonnet-4-6", ThinkingLow, `{"max_tokens":21384,"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"low"}}`},
		{"claude-opus-4-8", ThinkingMedium, `{"max_tokens":26384,"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"medium"}}`},
		{"claude-haiku-5-5", ThinkingHigh, `{"max_tokens":36384,"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"high"}}`},
		{"claude-sonnet-5", ThinkingHigh, `{"max_tokens":36384,"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"high"}}`},
		{"claude-mythos-preview", ThinkingHigh, `{"max_tokens":36384,"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"high"}}`},
		{"claude-opus-4-8", ThinkingNone, `{"max_tokens":16384}`},
	}
	for _, c := range cases {
		r := user("hi")
		r.Model, r.Thinking = c.model, c.thinking
		got := members(t, sent(t, "anthropic", r), "max_tokens", "thinking", "output_config")
		if got, want := sorted(t, got), sorted(t, c.want); got != want {
			t.Errorf("%s %s: %s", c.model, c.thinking, got)
		}
	}
}

func TestThinkingOfOpenAI(t *testing.T) {
	t.Parallel()
	r := user("hi")
	r.Thinking, r.MaxTokens = ThinkingMedium, 500
	expect(t, members(t, sent(t, "openai", r), "reasoning_effort", "max_completion_tokens"), `{"reasoning_effort":"medium","max_completion_tokens":10500}`)
	r.Thinking, r.MaxTokens = ThinkingNone, 0
	expect(t, members(t, sent(t, "openai", r), "reasoning_effort", "max_completion_tokens", "temperature", "response_format"), `{}`)
}

func TestThinkingLeavesNoTemperature(t *testing.T) {
	t.Parallel()
	r, warm := user("hi"), 0.7
	r.Temperature, r.Thinking = &warm, ThinkingLow
	expect(t, members(t, sent(t, "anthropic", r), "temperature"), `{}`)
	expect(t, members(t, sent(t, "openai", r), "temperature"), `{"temperature":0.7}`)
}
