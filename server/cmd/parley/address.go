package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/parleyhq/parley/server/cmd/parley/terminal"
	"github.com/parleyhq/parley/server/store/sqlite"
)

// addressFile is where `parley serve` leaves its URL for the commands of this computer. It belongs to who holds the data, who
// removes what a killed server has left.
func addressFile(dir string) string { return filepath.Join(dir, "server.url") }

func writeAddress(dir string, address net.Addr) error {
	return os.WriteFile(addressFile(dir), []byte(localURL(address)+"\n"), 0o600)
}

func removeAddress(dir string) error {
	if err := os.Remove(addressFile(dir)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// localURL is where programs of this machine reach the server that listens at an address.
func localURL(address net.Addr) string {
	host, port, err := net.SplitHostPort(address.String())
	if ip := net.ParseIP(host); err != nil || ip == nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// holder is the server that has the data where opening it has failed. Its token is for the caller to know, and it runs on.
func holder(dir string, opening error) (*terminal.Server, error) {
	if !errors.Is(opening, sqlite.ErrInUse) {
		return nil, opening
	}
	url, err := os.ReadFile(addressFile(dir))
	if err != nil {
		return nil, fmt.Errorf("the data in %s is used by another command: wait for its end, or have `parley serve` serve both", dir)
	}
	return &terminal.Server{URL: strings.TrimSpace(string(url)), Close: func() error { return nil }}, nil
}
