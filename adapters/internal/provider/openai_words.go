package provider

import "github.com/openai/openai-go/v3"

// openAIReason is never empty: a stream that ends in order has ended for some reason.
func openAIReason(reason string, refused bool) FinishReason {
	switch reason {
	case "stop":
		if refused {
			return FinishContentFilter
		}
		return FinishStop
	case "tool_calls", "function_call":
		return FinishToolCalls
	case "length":
		return FinishLength
	case "content_filter":
		return FinishContentFilter
	}
	return FinishOther
}

// openAIUsage takes what concerns the cache out of the prompt, in which OpenAI counts it.
func openAIUsage(u openai.CompletionUsage) Usage {
	read, written := u.PromptTokensDetails.CachedTokens, u.PromptTokensDetails.CacheWriteTokens
	return Usage{
		Input: max(0, u.PromptTokens-read-written), Output: u.CompletionTokens, Reasoning: u.CompletionTokensDetails.ReasoningTokens,
		CacheRead: read, CacheWrite: written,
	}
}
