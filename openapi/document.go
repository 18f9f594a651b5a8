package openapi

import _ "embed"

// Document is the contract itself, openapi.yaml. It must not be changed.
//
//go:embed openapi.yaml
var Document []byte
