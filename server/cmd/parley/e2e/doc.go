// Package e2e holds tests of the parley binary as its users meet it: started as a process, driven through the client,
// killed at any moment, with the real agent programs behind it. It has no code of its own.
package e2e
