package provider

import "github.com/anthropics/anthropic-sdk-go"

// anthropicReason is empty for none.
func anthropicReason(reason anthropic.StopReason) FinishReason {
	switch reason {
	case "":
		return ""
	case anthropic.StopReasonEndTurn, anthropic.StopReasonStopSequence:
		return FinishStop
	case anthropic.StopReasonToolUse:
		return FinishToolCalls
	case anthropic.StopReasonMaxTokens, anthropic.StopReasonModelContextWindowExceeded:
		return FinishLength
	case anthropic.StopReasonRefusal:
		return FinishContentFilter
	default:
		return FinishOther
	}
}

func anthropicUsage(u anthropic.Usage) Usage {
	return Usage{
		Input: u.InputTokens, Output: u.OutputTokens, Reasoning: u.OutputTokensDetails.ThinkingTokens,
		CacheRead: u.CacheReadInputTokens, CacheWrite: u.CacheCreationInputTokens,
	}
}

func anthropicDeltaUsage(u anthropic.MessageDeltaUsage) Usage {
	return Usage{
		Input: u.InputTokens, Output: u.OutputTokens, Reasoning: u.OutputTokensDetails.ThinkingTokens,
		CacheRead: u.CacheReadInputTokens, CacheWrite: u.CacheCreationInputTokens,
	}
}
