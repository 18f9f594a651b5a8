package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/labstack/echo/v4"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/session"
)

// Requests are checked against the document, by the route that Echo has found already. Parameters are openapi3filter's
// work. Bodies are read here and then checked by the document's schema: the filter would take anything behind the first
// JSON value, and it does not know that clients send null for what they leave out.

// route is a method and a path as Echo writes it.
type route struct{ method, path string }

type operation struct {
	route    *routers.Route
	queries  openapi3.Parameters
	body     *openapi3.RequestBody // nil when the operation takes none
	holdsAny bool                  // the body holds what may be any JSON value
	uploads  bool                  // the body is a file
}

// operations are the document's. A start does not wait for them: to read the document takes longer than all the rest.
var operations = sync.OnceValues(func() (map[route]*operation, error) {
	doc, err := loadDocument()
	if err != nil {
		return nil, err
	}
	all := map[route]*operation{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			found := newOperation(&routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: op})
			all[route{method, echoPath(path)}] = found
			if method == http.MethodGet && !streamed(path) {
				all[route{http.MethodHead, echoPath(path)}] = found
			}
		}
	}
	return all, nil
})

func newOperation(r *routers.Route) *operation {
	op := &operation{route: r}
	for _, p := range slices.Concat(r.PathItem.Parameters, r.Operation.Parameters) {
		if p.Value.In == openapi3.ParameterInQuery {
			op.queries = append(op.queries, p)
		}
	}
	if r.Operation.RequestBody != nil {
		op.body = r.Operation.RequestBody.Value
		op.uploads = uploads(op.body)
		for _, content := range op.body.Content {
			op.holdsAny = op.holdsAny || holdsAnyValue(content.Schema.Value, map[*openapi3.Schema]bool{})
		}
	}
	return op
}

// echoPath turns /a/{b} into /a/:b.
func echoPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

// check refuses a request that the document does not allow. Routes that anybody may ask take nothing that could be wrong.
func (s *Server) check(c echo.Context) error {
	if public[c.Path()] {
		return nil
	}
	all, err := operations()
	if err != nil {
		return err
	}
	op := all[route{c.Request().Method, c.Path()}]
	if op == nil {
		return nil // 405
	}
	if err := op.checkParameters(c); err != nil || op.body == nil {
		return err
	}
	if op.uploads {
		return s.admitUpload(op, c)
	}
	return s.checkBody(op, c)
}

var parameterOptions = &openapi3filter.Options{
	ExcludeRequestBody:  true,
	MultiError:          true,
	SkipSettingDefaults: true,
	AuthenticationFunc:  openapi3filter.NoopAuthenticationFunc,
}

func (op *operation) checkParameters(c echo.Context) error {
	query, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return fieldErrors{{Pointer: "query", Detail: "is not a query"}}
	}
	path, err := pathParameters(c)
	if err != nil {
		return err
	}
	if rejected := op.checkQuery(query); len(rejected) > 0 {
		return rejected
	}
	head := *c.Request()
	head.Body = nil // the filter would read all of it, whatever its size, for whoever authenticates by it
	return rejection(openapi3filter.ValidateRequest(head.Context(), &openapi3filter.RequestValidationInput{
		Request:     &head,
		PathParams:  path,
		QueryParams: query,
		Route:       op.route,
		Options:     parameterOptions,
	}))
}

// pathParameters unescapes what Echo has cut out of the path.
func pathParameters(c echo.Context) (map[string]string, error) {
	names, values := c.ParamNames(), c.ParamValues()
	params := make(map[string]string, len(names))
	for i, name := range names {
		value, err := url.PathUnescape(values[i])
		if err != nil || !utf8.ValidString(value) {
			return nil, fieldErrors{{Pointer: "path/" + name, Detail: "is not percent-encoded UTF-8"}}
		}
		params[name] = value
	}
	return params, nil
}

// checkQuery refuses what the filter would guess at: a parameter given twice, and booleans other than true and false.
func (op *operation) checkQuery(query url.Values) (rejected fieldErrors) {
	for _, p := range op.queries {
		values := query[p.Value.Name]
		switch {
		case len(values) > 1:
			rejected = append(rejected, openapi.FieldError{Pointer: "query/" + p.Value.Name, Detail: "is given more than once"})
		case len(values) == 1 && p.Value.Schema.Value.Type.Is("boolean") && values[0] != "true" && values[0] != "false":
			rejected = append(rejected, openapi.FieldError{Pointer: "query/" + p.Value.Name, Detail: "must be true or false"})
		}
	}
	return rejected
}

// checkBody reads a body, checks it, and leaves it where the stub finds it decoded.
func (s *Server) checkBody(op *operation, c echo.Context) error {
	data, err := s.readBody(c)
	if err != nil {
		return err
	}
	if len(data) == 0 {
		return &session.Error{Code: session.CodeInvalidRequest, Detail: "a JSON body is required"}
	}
	kind := c.Request().Header.Get(echo.HeaderContentType)
	content := op.body.Content.Get(kind)
	if content == nil {
		return &session.Error{Code: codeUnsupportedMediaType, Detail: fmt.Sprintf("content type %q; send application/json", kind)}
	}
	value, err := decode(data)
	if err != nil {
		return &session.Error{Code: session.CodeInvalidRequest, Detail: "body is not JSON: " + err.Error()}
	}
	schema := content.Schema.Value
	dropNulls(schema, value)
	if err := schema.VisitJSON(value, openapi3.VisitAsRequest(), openapi3.MultiErrors()); err != nil {
		return rejection(err)
	}
	if op.holdsAny {
		value = verbatim(schema, value, data)
	}
	c.Request().Body = checkedBody{io.NopCloser(bytes.NewReader(data)), value}
	return nil
}

func (s *Server) readBody(c echo.Context) ([]byte, error) {
	data, err := io.ReadAll(http.MaxBytesReader(unwrapped(c.Response()), c.Request().Body, s.cfg.BodyLimit))
	return data, unreceived(err)
}

// unwrapped is net/http's own writer, which MaxBytesReader tells to close the connection.
func unwrapped(w http.ResponseWriter) http.ResponseWriter {
	for {
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return w
		}
		w = u.Unwrap()
	}
}

// checkedBody hands the checked value to the stub, which decodes the bytes only where it must.
type checkedBody struct {
	io.ReadCloser
	value any
}

// ValidatedValue is the name that the stub asks for.
func (b checkedBody) ValidatedValue() any { return b.value }

// decode reads one JSON value and nothing after it.
func decode(data []byte) (value any, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows after its end")
	}
	return value, nil
}

// dropNulls takes out null members that may as well be absent.
func dropNulls(schema *openapi3.Schema, value any) {
	for _, part := range slices.Concat(schema.AllOf, schema.OneOf) {
		dropNulls(part.Value, value)
	}
	switch v := value.(type) {
	case []any:
		if schema.Items != nil {
			for _, item := range v {
				dropNulls(schema.Items.Value, item)
			}
		}
	case map[string]any:
		for name, member := range v {
			of := schema.Properties[name]
			if of == nil {
				of = schema.AdditionalProperties.Schema
			}
			switch {
			case of == nil:
			case member != nil:
				dropNulls(of.Value, member)
			case schema.Properties[name] != nil && !of.Value.Nullable && !slices.Contains(schema.Required, name):
				delete(v, name)
			}
		}
	}
}

// rejection lists every field that the validation found wrong; nil when it found nothing.
func rejection(err error) error {
	if err == nil {
		return nil
	}
	return collect(nil, "", err)
}

func collect(found fieldErrors, where string, err error) fieldErrors {
	switch e := err.(type) { //nolint:errorlint // these errors are nested, and every level says where it is
	case openapi3.MultiError:
		for _, one := range e {
			found = collect(found, where, one)
		}
		return found
	case *openapi3filter.RequestError:
		return collect(found, e.Parameter.In+"/"+e.Parameter.Name, e.Err)
	case *openapi3.SchemaError:
		detail := e.Reason
		if e.SchemaField == "nullable" {
			detail = "must not be null"
		}
		return append(found, openapi.FieldError{Pointer: where + pointer(e.JSONPointer()), Detail: detail})
	case *openapi3filter.ParseError:
		return append(found, openapi.FieldError{Pointer: where, Detail: "is " + e.Reason})
	}
	return append(found, openapi.FieldError{Pointer: where, Detail: err.Error()})
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

func pointer(path []string) string {
	var b strings.Builder
	for _, key := range path {
		b.WriteByte('/')
		b.WriteString(pointerEscape.Replace(key))
	}
	return b.String()
}
