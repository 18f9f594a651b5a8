package server

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/docs"
)

// loadDocument parses the document, once, and resolves its references. It must not be changed.
var loadDocument = sync.OnceValues(func() (*openapi3.T, error) { return openapi3.NewLoader().LoadFromData(openapi.Document) })

// DocumentJSON is the document as JSON. It must not be changed.
var DocumentJSON = sync.OnceValues(func() ([]byte, error) {
	doc, err := loadDocument()
	if err != nil {
		return nil, err
	}
	return doc.MarshalJSON()
})

func documentYAML(c echo.Context) error {
	return c.Blob(http.StatusOK, "application/yaml", openapi.Document)
}

func documentJSON(c echo.Context) error {
	doc, err := DocumentJSON()
	if err != nil {
		return err
	}
	return c.JSONBlob(http.StatusOK, doc)
}

// reference shows the document to people.
func reference(c echo.Context) error {
	docs.ServePage(c.Response(), c.Request())
	return nil
}

func referenceFile(c echo.Context) error {
	if c.Param("*") == "" {
		return c.Redirect(http.StatusPermanentRedirect, "../docs")
	}
	if err := docs.ServeFile(c.Response(), c.Request(), c.Param("*")); err != nil {
		return echo.ErrNotFound
	}
	return nil
}

func (s *Server) banner(c echo.Context) error {
	return c.String(http.StatusOK, fmt.Sprintf("Parley %s: sessions with AI agents.\nLook at them at /ui/. The API is described at /docs and /openapi.yaml.\n", s.cfg.Version))
}
