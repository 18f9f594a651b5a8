package claude

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/parleyhq/parley/openapi"
)

// status is a note for people.
func (c *converter) status(label, detail string) {
	part := openapi.StatusPart{Label: label}
	if detail != "" {
		part.Detail = &detail
	}
	c.whole(openapi.Item{
		NativeItemID: new(c.nativeID("status/" + label)), Kind: openapi.ItemKindStatus,
		Role: new(openapi.ItemRoleAssistant), Content: openapi.Parts(part),
	}, openapi.ItemStatusCompleted)
}

// note is a status item that comes from Parley itself.
func (c *converter) note(label, detail string) []openapi.Output {
	c.out = c.out[:0]
	c.status(label, detail)
	return c.out
}

// system reads the lines about the session. Most are for the program's own terminal; the set grows with every
// version. What people need to know becomes a status item, the rest becomes nothing.
func (c *converter) system(r *record) {
	switch r.Subtype {
	case "init":
		c.model = r.Model
	case "api_retry":
		c.status("retry", retryDetail(r))
	case "compact_boundary":
		m := r.CompactMetadata
		c.status("compacted", fmt.Sprintf("%s, %d tokens before and %d after", cmp.Or(m.Trigger, "auto"), m.PreTokens, m.PostTokens))
	case "informational":
		if r.Level == "warning" || r.Level == "notice" {
			c.status(r.Level, stringOf(r.Content))
		}
	case "model_fallback", "model_refusal_fallback", "model_refusal_no_fallback", "model_consent_fallback":
		c.status("model", stringOf(r.Content))
	case "local_command_output":
		c.localOutput(stringOf(r.Content))
	}
}

func retryDetail(r *record) string {
	wait := (time.Duration(r.RetryDelayMs) * time.Millisecond).Round(10 * time.Millisecond)
	reason := cmp.Or(stringOf(r.Error), "unknown")
	if r.ErrorStatus != 0 {
		reason += fmt.Sprintf(" (status %d)", r.ErrorStatus)
	}
	return fmt.Sprintf("attempt %d of %d in %s: %s", r.Attempt, r.MaxRetries, wait, reason)
}

// localOutput is the answer of a slash command that no model was asked for.
func (c *converter) localOutput(text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	c.whole(openapi.Item{
		NativeItemID: new(c.nativeID("command")), Kind: openapi.ItemKindMessage,
		Role: new(openapi.ItemRoleAssistant), Content: openapi.Parts(openapi.TextPart{Text: text}),
	}, openapi.ItemStatusCompleted)
}

// rateLimit tells when a limit of the user's plan is near or reached.
func (c *converter) rateLimit(r *record) {
	limit := r.RateLimit
	if limit.Status == "" || limit.Status == "allowed" {
		return
	}
	detail := limit.Status
	if limit.Type != "" {
		detail += ", " + limit.Type
	}
	if limit.ResetsAt > 0 {
		detail += ", resets at " + time.Unix(int64(limit.ResetsAt), 0).UTC().Format(time.RFC3339)
	}
	c.status("rate limit", detail)
}
