// Package openapi is the vocabulary: the document that is the contract, the models that are generated from it, and by hand
// what generators do badly, the sum types of events, content parts and what agents say. It imports nothing of ours, so that
// clients that use it pull in nothing else.
package openapi
