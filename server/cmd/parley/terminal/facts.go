package terminal

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxFact bounds what is shown of one fact. It is large: nobody shall permit what he could not read.
const maxFact = 4000

// facts are what a person must know to permit something: all that the tool gets, and what is said beside it.
func facts(metadata map[string]any) []string {
	about := maps.Clone(metadata)
	maps.DeleteFunc(about, func(name string, _ any) bool { return bookkeeping(name) })
	input, ok := about["input"].(map[string]any)
	if !ok {
		return named(about)
	}
	delete(about, "input")
	return append(named(input), named(about)...)
}

// bookkeeping tells by its name what a program has said for its own sake.
func bookkeeping(name string) bool {
	return name == "toolName" || strings.HasSuffix(name, "Id") || strings.HasSuffix(name, "Kind") || strings.HasSuffix(name, "Suggestions")
}

// named are values with their names, each on lines of its own.
func named(values map[string]any) []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if text := fact(values[name]); text != "" {
			text = strings.ReplaceAll(strings.TrimRight(exact(text), "\n"), "\n", "\n    ")
			list = append(list, flat(exact(name), 40)+": "+cut(text, maxFact, false))
		}
	}
	return list
}

// fact is a value as a text: words as they are, all else as JSON.
func fact(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	j, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(j)
}
