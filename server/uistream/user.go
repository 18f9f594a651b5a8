package uistream

import (
	"encoding/json"
	"strconv"

	"github.com/parleyhq/parley/openapi"
)

// userMessage tells the items that are a person's words, for people to see.
func userMessage(item openapi.Item) bool {
	return item.Kind == openapi.ItemKindMessage && item.Role != nil && *item.Role == openapi.ItemRoleUser &&
		item.Audience != openapi.AudienceModel
}

// user lists what a person has said: the sender of the trigger, where the item names none.
func (m *Messages) user(e openapi.Event, item openapi.Item) {
	said := openapi.UIMessage{
		ID: item.ItemID, Role: openapi.UIMessageRoleUser, Status: openapi.UIMessageStatusDone, CreatedAt: timestamp(e.Time),
		Sender: item.Sender, Parts: userParts(item),
	}
	if said.Sender == (openapi.Sender{}) && m.turn != nil && e.TurnID == m.turn.id {
		said.Sender = m.sender
	}
	m.list = append(m.list, &message{UIMessage: said})
}

func userParts(item openapi.Item) []openapi.UIPart {
	var parts []openapi.UIPart
	for i, c := range item.Content {
		id := item.ItemID + "/" + strconv.Itoa(i)
		var part openapi.UIPart
		switch p := c.Part.(type) {
		case openapi.TextPart:
			part = userText(id, p)
		case openapi.JSONPart:
			part = openapi.UIPart{Type: partObject, ID: id, TypeName: jsonType, Object: p.JSON, Status: statusDone}
		case openapi.ImagePart:
			part = fileOf(id, p)
		default:
			continue
		}
		part.Thread = otherThread(item.Thread)
		parts = append(parts, part)
	}
	return parts
}

func userText(id string, p openapi.TextPart) openapi.UIPart {
	if p.ResponseType != "" && json.Valid([]byte(p.Text)) {
		return openapi.UIPart{
			Type: partObject, ID: id, TypeName: p.ResponseType, Object: json.RawMessage(p.Text), Status: statusDone,
		}
	}
	return openapi.UIPart{Type: partText, Text: p.Text, Status: statusDone}
}
