// Package uistream reads a session's log as the agent-sessions API shows it: the UI events of a turn as they are streamed,
// UI messages, resources, variables, log entries, and the stream once more in the form that the AI SDK reads. All of it is
// pure: no I/O, no clock, no lock; the same events give the same answer, which is what makes a stream resumable.
//
// One reading is the base of the others. A turn gives UI events, a Stream numbers them and cuts them into legs, Messages
// folds them as a client does. What is streamed and what is read later can therefore not differ.
//
// Rules that the contract leaves open:
//   - What people see is decided by an item's audience alone. The display of a block says how the step itself is shown.
//   - Where no block is open, output is shown in a block of its own, named Respond. What a sub-agent says is a block with a
//     thread named by the call that started it, since clients leave other threads out of the conversation.
//   - Clients know one text at a time: when another one begins, or a block, the one before ends there, and goes on as a new part.
//   - What was streamed stands. An item that is completed with more text than its deltas gets the rest as one more delta;
//     one that is completed with another text keeps what was streamed.
//   - Arguments that are no object are shown as {"input": ARGUMENTS}: clients take nothing but objects.
//   - Nothing is null but the value of a resource and the output of a tool that gave nothing: clients drop an event without.
//   - Of a tool's call the display of its part decides how much is shown; of a step's call without an item, the step's. A name or
//     a title alone is shown with empty arguments and an empty output. Results are read later only where all is shown; errors
//     are told always. A client that is asked for a call gets its arguments in any case.
//   - Structured output that has failed, and was asked for once more in its step, is seen by who follows the stream; what is read
//     later has the last one only.
//   - A call that nobody answered is answered by the end of its turn: as cancelled, or as done where the turn was completed and
//     the tool is the agent's own. The word cancelled is for messages; a stream says tool-output-error.
//
// The package imports the vocabulary and nothing else of ours. The server's handlers use it.
package uistream
