package amp

// userLine is a message on its way to the program.
type userLine struct {
	Type    string      `json:"type"`
	Message userMessage `json:"message"`
}

type userMessage struct {
	Role    string      `json:"role"`
	Content []textBlock `json:"content"`
}

type textBlock struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// newMessage is what the agent gets: what happened before, if it does not know it, and the message, which lists the
// attachments.
func newMessage(replay, text string) userLine {
	var content []textBlock
	if replay != "" {
		content = append(content, textBlock{"text", replay})
	}
	return userLine{"user", userMessage{"user", append(content, textBlock{"text", text})}}
}
