package declared

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/openapi"
)

// Validate implements adapters.Library.
func (*Library) Validate(_ context.Context, r openapi.AgentDefinitionRequest) openapi.AgentDefinitionReport {
	files, twice := filesOf(r)
	_, faults := protocol.Parse(files)
	return report(append(twice, faults...))
}

// filesOf are the files that a request stands for. Of prompts with one name the first one counts, the others are faults.
func filesOf(r openapi.AgentDefinitionRequest) (protocol.Files, []protocol.Fault) {
	settings, _ := json.MarshalIndent(r.Settings, "", "  ") // texts always can
	files := protocol.Files{Settings: append(settings, '\n'), Protocol: []byte(r.Protocol), Prompts: map[string][]byte{}}
	var twice []protocol.Fault
	for _, p := range r.Prompts {
		if _, known := files.Prompts[p.Name]; known {
			twice = append(twice, protocol.Fault{
				File: "prompts/" + p.Name + ".md", Message: "is given twice", Severity: protocol.Error,
			})
			continue
		}
		files.Prompts[p.Name] = []byte(p.Content)
	}
	return files, twice
}

// report tells faults by severity. Their messages begin with the file and the line.
func report(faults []protocol.Fault) openapi.AgentDefinitionReport {
	r := openapi.AgentDefinitionReport{Errors: []openapi.AgentDefinitionFault{}, Warnings: []openapi.AgentDefinitionFault{}}
	for _, f := range faults {
		told := openapi.AgentDefinitionFault{Path: f.Path, Message: place(f) + ": " + f.Message}
		if f.Severity == protocol.Error {
			told.Severity = openapi.AgentDefinitionFaultSeverityError
			r.Errors = append(r.Errors, told)
			continue
		}
		told.Severity = openapi.AgentDefinitionFaultSeverityWarning
		r.Warnings = append(r.Warnings, told)
	}
	r.Valid = len(r.Errors) == 0
	return r
}

func place(f protocol.Fault) string {
	if f.Line == 0 {
		return f.File
	}
	return fmt.Sprintf("%s:%d", f.File, f.Line)
}

// valid refuses files with errors.
func valid(files protocol.Files, twice []protocol.Fault) error {
	_, faults := protocol.Parse(files)
	if r := report(append(twice, faults...)); !r.Valid {
		return &adapters.DefinitionError{Report: r}
	}
	return nil
}
