package opencode

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// client talks to one server of the program.
type client struct {
	base     string // without a trailing slash
	password string
	http     *http.Client
}

// user is the name that the program's server knows its one user by.
const user = "opencode"

// callPatience bounds one request. The first one for a directory loads what is configured there.
const callPatience = time.Minute

func newClient(base, password string) *client {
	return &client{base: base, password: password, http: &http.Client{Transport: &http.Transport{
		Proxy: nil, // it is on this machine
		// A turn and its stream use one each; many sessions may begin at once.
		MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute, DisableCompression: true,
	}}}
}

func (c *client) close() { c.http.CloseIdleConnections() }

// apiError is an answer that refuses a request.
type apiError struct {
	Status  int
	Name    string // as "NotFoundError"
	Message string
}

func (e *apiError) Error() string {
	return fmt.Sprintf("OpenCode answered with status %d: %s", e.Status, e.Message)
}

// isUnknown says whether the program refused a request because it does not know what is named there. A name of another
// kind than its own is a bad request.
func isUnknown(err error) bool {
	refused := (*apiError)(nil)
	return errors.As(err, &refused) && (refused.Status == http.StatusNotFound || refused.Status == http.StatusBadRequest)
}

// call sends a request about a directory and decodes the answer into out, unless that is nil. Errors: *apiError, those of the
// connection, ctx's.
func (c *client) call(ctx context.Context, method, path, directory string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, callPatience)
	defer cancel()
	resp, err := c.send(ctx, method, path, directory, in)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || out == nil {
		return err
	}
	return ignoreShape(json.Unmarshal(body, out))
}

// send sends a request; the caller closes the answer's body.
func (c *client) send(ctx context.Context, method, path, directory string, in any) (*http.Response, error) {
	var body io.Reader
	if in != nil {
		encoded, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(encoded)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	if directory != "" {
		query := req.URL.Query()
		query.Set("directory", directory)
		req.URL.RawQuery = query.Encode()
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.SetBasicAuth(user, c.password)
	resp, err := c.http.Do(req)
	if err != nil {
		if failed := (*url.Error)(nil); errors.As(err, &failed) {
			err = failed.Err
		}
		return nil, err
	}
	if resp.StatusCode/100 != 2 {
		defer resp.Body.Close()
		return nil, readError(resp)
	}
	return resp, nil
}

// maxError is how much of an answer that refuses is read.
const maxError = 64 << 10

func readError(resp *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxError)) // what there is of it
	var said struct {
		Name    string `json:"name"`
		Tag     string `json:"_tag"`
		Message string `json:"message"`
		Data    struct {
			Message string `json:"message"`
		} `json:"data"`
	}
	_ = json.Unmarshal(body, &said) // may be no JSON
	e := &apiError{Status: resp.StatusCode, Name: said.Name + said.Tag, Message: said.Data.Message + said.Message}
	if e.Message == "" {
		e.Message = string(bytes.TrimSpace(body))
	}
	return e
}
