// Package adaptertest is what adapters are tested with: Run, the suite that every adapter passes; Host, a session that
// keeps its log in memory; RunHost, the suite that Host and the real session pass; Golden for converters of recorded
// conversations; Valid, which holds an event against the OpenAPI document.
//
// Only tests import it. It waits for events and never sleeps, so it works inside a testing/synctest bubble too.
package adaptertest
