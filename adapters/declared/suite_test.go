package declared

import (
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/adaptertest/model"
)

func TestSuite(t *testing.T) {
	t.Parallel()
	for _, wire := range wires {
		t.Run(wire, func(t *testing.T) {
			t.Parallel()
			adaptertest.Run(t, func(t *testing.T) adaptertest.Subject {
				return adaptertest.Subject{
					Adapter: deskOf(t, newLibrary(t, providersOf(t, model.Start(t)))),
					Options: options(wire),
					Say: adaptertest.Messages{
						Text:   "say Hello there.",
						Stream: "burst 40",
						Long:   "say Begun.\nhang",
						Flood:  strings.Repeat("big 3000000\n", 4),
					},
					Turn: 3 * time.Minute,
				}
			})
		})
	}
}
