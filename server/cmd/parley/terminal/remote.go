package terminal

import (
	"cmp"
	"net"
	"net/url"
	"os"

	"github.com/spf13/pflag"

	"github.com/parleyhq/parley/client"
)

// defaultServer is where `parley serve` listens unless it is told otherwise.
const defaultServer = "http://127.0.0.1:2468"

// The variables that stand in for flags.
const (
	serverVariable = "PARLEY_SERVER"
	tokenVariable  = "PARLEY_TOKEN"
)

// remote says which server is meant. A flag wins over its variable, and an empty variable is none.
type remote struct{ server, token string }

func (r *remote) add(f *pflag.FlagSet) {
	f.StringVar(&r.server, "server", "", "`URL` of the server; where one is needed "+defaultServer+" is the default ["+serverVariable+"]")
	f.StringVar(&r.token, "token", "", "the server's token ["+tokenVariable+"]")
}

// given tells whether the caller has named a server.
func (r *remote) given() bool { return r.named() != "" }

func (r *remote) named() string { return cmp.Or(r.server, os.Getenv(serverVariable)) }

func (r *remote) url() string { return cmp.Or(r.named(), defaultServer) }

func (r *remote) secret() string { return cmp.Or(r.token, os.Getenv(tokenVariable)) }

func (r *remote) client(opts ...client.Option) (*client.Client, error) {
	return client.New(r.url(), append(opts, client.WithToken(r.secret()))...)
}

// here tells whether the server is on this computer, so that the directories of both are the same.
func (r *remote) here() bool {
	u, err := url.Parse(r.url())
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// shown is the server's address without a password.
func (r *remote) shown() string {
	u, err := url.Parse(r.url())
	if err != nil {
		return "the server"
	}
	return clean(u.Redacted())
}
