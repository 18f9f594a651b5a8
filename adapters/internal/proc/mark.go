package proc

// MarkVariable is the environment variable that every process started here carries, and that its descendants inherit.
// Its value names the server that started it and the one process: by it orphans are found, and told from the processes
// of a server that lives.
const MarkVariable = "PARLEY_AGENT"

// markName is MarkVariable, but in this package's own tests, which must not meet the orphans of others.
var markName = MarkVariable
