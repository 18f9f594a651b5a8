package all

import (
	"log/slog"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/declared"
)

// Library opens the directory of agents that are declared in files, which is made when it is not there.
func Library(dir string, log *slog.Logger) (adapters.Library, error) {
	library, err := declared.New(declared.Config{Dir: dir, Log: log})
	if err != nil {
		return nil, err
	}
	return library, nil
}
