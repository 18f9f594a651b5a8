// Package opencodetest gives tests the real OpenCode. Only tests import it.
package opencodetest

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/opencode"
)

// Model is the model that Env configures.
const Model = "scripted/scripted-model"

// Variant is a variant of Model.
const Variant = "deep"

// Binary gives the path of the real program, or skips the test: see adaptertest.Install.
func Binary(t testing.TB) string {
	t.Helper()
	return adaptertest.Install(t, opencode.New(opencode.Config{DataDir: adaptertest.Cache(t)}), "").Path
}

// Env is an environment in which the program knows nothing of this machine and talks to the model server at url, whose
// one model is Model. dir becomes its home. What is added comes last and wins.
func Env(dir, url string, more ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + os.TempDir(), "OPENCODE_CONFIG_CONTENT=" + Config(url),
	}, more...)
}

// Config is the configuration that makes Model the default and the only one.
func Config(url string) string {
	model := map[string]any{
		"name": "Scripted Model", "tool_call": true, "reasoning": true, "attachment": true,
		"modalities": map[string]any{"input": []string{"text", "image"}, "output": []string{"text"}},
		"limit":      map[string]any{"context": 100_000, "output": 8_000},
		"cost":       map[string]any{"input": 10, "output": 20, "cache_read": 1}, // USD for a million tokens
		"variants":   map[string]any{Variant: map[string]any{"reasoningEffort": "high"}},
	}
	config, _ := json.Marshal(map[string]any{ // texts, numbers and maps of them: cannot fail
		"model": Model, "enabled_providers": []string{"scripted"},
		"provider": map[string]any{"scripted": map[string]any{
			"npm": "@ai-sdk/openai-compatible", "name": "Scripted", "options": map[string]any{"baseURL": url + "/v1", "apiKey": "test"},
			"models": map[string]any{"scripted-model": model},
		}},
	})
	return string(config)
}
