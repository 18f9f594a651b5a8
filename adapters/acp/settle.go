package acp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
)

// lastMode names the setting of a session that has the mode that it had last, which nobody has asked for.
const lastMode = "mode"

// settle gives the session the model and the modes that were asked for.
//
// A session that was taken up is always given a mode. Gemini CLI plays back what was said before even after it has answered
// that it has; the answer to another request says that it is done.
func (o *opening) settle(ctx context.Context, begun bool) error {
	for _, wanted := range o.settings() {
		if wanted.of == nil || wanted.value == "" {
			return newFailure("agent_error", fmt.Sprintf("%s has nothing to choose for the %s of the session", o.name, wanted.name))
		}
		if wanted.of.same(o.state.mode()) {
			o.convert.mode = wanted.value
		}
		if begun && wanted.value == wanted.of.current {
			continue
		}
		err := o.choose(ctx, wanted)
		if refused := (*jsonrpc.Error)(nil); errors.As(err, &refused) && wanted.name == lastMode {
			o.log.Warn("mode not set again", "mode", wanted.value, "error", err)
		} else if err != nil {
			return o.refused(fmt.Sprintf("the %s %s", wanted.name, wanted.value), err)
		}
	}
	return nil
}

// settings are the values that the session must have, the model first: what else there is to choose depends on it.
func (o *opening) settings() []setting {
	var wanted []setting
	if m := o.options.Model; m != "" && (m != defaultModel || o.state.model().has(m)) {
		wanted = append(wanted, setting{"model", o.state.model(), m})
	}
	if effort := o.state.effort(); effort.has(o.options.Variant) {
		wanted = append(wanted, setting{"variant", effort, o.options.Variant})
	}
	return append(wanted, o.modes()...)
}

// modes are the session's modes. The one that the agent had last, after a plan was approved perhaps, comes before the one that
// the session was created with.
func (o *opening) modes() []setting {
	wanted, own := o.state.modeSettings(o.options), o.state.mode()
	if own.has(o.mode) {
		wanted = slices.DeleteFunc(wanted, func(s setting) bool { return own.same(s.of) })
		return append(wanted, setting{lastMode, own, o.mode})
	}
	if own != nil && !slices.ContainsFunc(wanted, func(s setting) bool { return own.same(s.of) }) {
		wanted = append(wanted, setting{lastMode, own, own.current})
	}
	return wanted
}

// checkVariant says that the session's variant means nothing to the agent; empty when it does.
func (s *sessionState) checkVariant(variant string) string {
	effort := s.effort()
	switch {
	case variant == "" || effort.has(variant):
		return ""
	case effort == nil:
		return "not used: the agent has none"
	}
	return fmt.Sprintf("unknown and not used: %s; known are %s", variant, strings.Join(effort.names(), ", "))
}
