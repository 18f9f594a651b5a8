// Package parley is sessions with AI agents over one contract and one log. It holds only the generate lines;
// programs import client, adapter authors adapters, servers of their own server.
package parley

//go:generate go tool oapi-codegen -config openapi/models.cfg.yaml openapi/openapi.yaml
//go:generate go tool oapi-codegen -config openapi/server.cfg.yaml openapi/openapi.yaml
//go:generate go tool oapi-codegen -config openapi/client.cfg.yaml openapi/openapi.yaml
