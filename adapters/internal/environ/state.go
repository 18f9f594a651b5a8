package environ

// State is the rule for where an agent's program keeps its sessions, settings and login. It is the same for every agent:
//
//   - where the program's own variable names a directory, there;
//   - where PARLEY_<AGENT>_HOME says "private" or "user", below Parley's data or in the user's own home;
//   - where a key is in the environment, or somebody has logged in below Parley's data, there: what Parley's sessions leave
//     stays with Parley, and no personal settings apply;
//   - where the user has a login of their own, in the user's home: without it nothing would work, and a login cannot be
//     shared, because refreshing it in one place ends it in the other;
//   - else below Parley's data.
type State struct {
	Variable string   // the program's own, as CODEX_HOME; empty when it has none
	Choice   string   // as PARLEY_CODEX_HOME
	Keys     []string // variables that log the program in
	Private  string   // the directory below Parley's data
	User     string   // the user's own
	// LoggedIn says whether a login is kept in a directory.
	LoggedIn func(dir string) bool
}

// Dir is the directory; private says that the program has to be told to use it.
func (s State) Dir(e Env) (dir string, private bool) {
	switch {
	case s.Variable != "" && e[s.Variable] != "":
		return e[s.Variable], false
	case e[s.Choice] == "user":
		return s.User, false
	case e[s.Choice] == "private", e.Any(s.Keys...), s.LoggedIn(s.Private), !s.LoggedIn(s.User):
		return s.Private, true
	}
	return s.User, false
}

// Credentials says whether a key or a login was found. None is shown to anyone.
func (s State) Credentials(e Env) bool {
	dir, _ := s.Dir(e)
	return e.Any(s.Keys...) || s.LoggedIn(dir)
}
