package client_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parleyhq/parley/client"
)

// TestDo sends what it is given, below the server's own path, and takes any answer.
func TestDo(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, strings.Join([]string{r.Method, r.URL.EscapedPath(), r.URL.RawQuery,
			r.Header.Get("Authorization"), r.Header.Get("X-Own"), string(body)}, " "))
	}))
	defer s.Close()
	c, err := client.New(s.URL+"/below/", client.WithToken("T"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(t.Context(), "PUT", "/v1/a%2Fb?q=1", http.Header{"X-Own": {"h"}}, strings.NewReader("text"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	const want = "PUT /below/v1/a%2Fb q=1 Bearer T h text"
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusTeapot || string(body) != want {
		t.Errorf("got %d %q, want %q", resp.StatusCode, body, want)
	}
}

func TestDoRefuses(t *testing.T) {
	t.Parallel()
	c, err := client.New(serverURL)
	if err != nil {
		t.Fatal(err)
	}
	for method, path := range map[string]string{"GET": "v1/health", "G T": "/v1/health", "POST": "/%zz"} {
		resp, err := c.Do(t.Context(), method, path, nil, nil)
		if err == nil {
			resp.Body.Close()
		}
		if !errors.Is(err, client.ErrInvalid) {
			t.Errorf("%s %s: %v", method, path, err)
		}
	}
}
