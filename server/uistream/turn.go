package uistream

import "github.com/parleyhq/parley/openapi"

// turn turns the events of one turn into UI events. It knows no ids, no legs and no reader.
type turn struct {
	id      string
	items   map[string]*item
	calls   map[string]*call
	order   []*call  // calls, as they came
	steps   []*block // blocks of the log that are open
	own     *block   // the block for output outside of these
	owns    int      // blocks of this kind so far
	prose   *prose   // the text that is being written
	broken  string   // the item of the step whose structured output has failed, until another one comes
	failure *openapi.ErrorData
	ended   bool
	out     []said
}

func newTurn(id string) *turn {
	return &turn{id: id, items: map[string]*item{}, calls: map[string]*call{}}
}

// add gives what an event of the turn says. It is valid until the next one.
func (t *turn) add(e openapi.Event) []said {
	t.out = t.out[:0]
	switch d := e.Data.(type) {
	case openapi.ItemStartedData:
		t.startItem(d.Item)
	case openapi.ItemDeltaData:
		t.delta(d)
	case openapi.ItemCompletedData:
		t.completeItem(d.Item)
	case openapi.ToolRequestedData:
		t.request(d)
	case openapi.ToolResolvedData:
		t.resolve(d)
	case openapi.BlockStartedData:
		t.startBlock(d)
	case openapi.BlockEndedData:
		t.endBlock(d)
	case openapi.ResourceUpdatedData:
		t.resource(d)
	case openapi.ErrorData:
		t.failure = &d
	case openapi.TurnEndedData:
		t.end(d)
	}
	return t.out
}

func (t *turn) say(u openapi.UIEvent) { t.out = append(t.out, said{UIEvent: u}) }

func (t *turn) resource(d openapi.ResourceUpdatedData) {
	if d.Name != "" {
		t.say(openapi.UIEvent{Type: openapi.UIResourceUpdate, Name: d.Name, Value: value(d.Value)})
	}
}
