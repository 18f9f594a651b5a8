package model

import "net/http"

// What the two APIs of OpenAI have in common: errors and models.

// openAIErrors are the type and the code of an error by its status.
var openAIErrors = map[int][2]string{
	400: {"invalid_request_error", "invalid_request"},
	401: {"invalid_request_error", "invalid_api_key"},
	403: {"invalid_request_error", "permission_denied"},
	404: {"invalid_request_error", "not_found"},
	429: {"rate_limit_error", "rate_limit_exceeded"},
	503: {"server_error", "server_is_overloaded"},
	529: {"server_error", "server_is_overloaded"},
}

func openAIError(status int, text string) object {
	names, known := openAIErrors[status]
	if !known {
		names = [2]string{"server_error", "server_error"}
	}
	return object{"message": text, "type": names[0], "code": names[1], "param": nil}
}

func writeOpenAIError(w http.ResponseWriter, status int, text string) {
	writeJSON(w, status, object{"error": openAIError(status, text)})
}

func listOpenAIModels(w http.ResponseWriter) {
	list := []object{}
	for _, id := range models {
		list = append(list, object{"id": id, "object": "model", "created": 1767225600, "owned_by": "parley"})
	}
	writeJSON(w, http.StatusOK, object{"object": "list", "data": list})
}
