package main

import (
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// understood wants a command line that the program takes.
func understood(t *testing.T, args ...string) {
	t.Helper()
	var c cli
	parser, err := kong.New(&c, kong.Name("reviewdesk"), kong.Writers(io.Discard, io.Discard), kong.DefaultEnvars("REVIEWDESK"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Errorf("%q: %v", args, err)
	}
}

// valuesOf are the values of a key in a unit, or of an instruction in a recipe.
func valuesOf(text, key string) (out []string) {
	for line := range strings.Lines(text) {
		if rest, is := strings.CutPrefix(line, key); is {
			out = append(out, strings.TrimSpace(rest))
		}
	}
	return out
}

func TestTheUnitStartsTheDeskAsItIs(t *testing.T) {
	t.Setenv("REVIEWDESK_BASE_URL", "https://desk.example") // from its environment file
	starts := valuesOf(systemdUnit, "ExecStart=")
	if len(starts) != 1 {
		t.Fatalf("%q", starts)
	}
	understood(t, strings.Fields(starts[0])[1:]...)
	seen := map[string]bool{}
	for line := range strings.Lines(systemdUnit) {
		key, _, assigns := strings.Cut(line, "=")
		if assigns && !strings.HasPrefix(line, "#") && key != "SystemCallFilter" && seen[key] {
			t.Errorf("%s stands twice", key)
		}
		seen[key] = true
	}
}

func TestTheContainerStartsTheDeskAsItIs(t *testing.T) {
	recipe, err := os.ReadFile("deploy/Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	text := string(recipe)
	words := func(s string) (out []string) {
		if err := json.Unmarshal([]byte(s), &out); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		return out
	}
	for _, env := range valuesOf(text, "ENV ") {
		name, value, _ := strings.Cut(env, "=")
		t.Setenv(name, value)
	}
	t.Setenv("REVIEWDESK_BASE_URL", "https://desk.example") // as the recipe's first lines say
	understood(t, words(valuesOf(text, "CMD ")[0])...)
	_, probe, _ := strings.Cut(valuesOf(text, "HEALTHCHECK ")[0], "CMD ")
	understood(t, words(probe)[1:]...)
	if from := valuesOf(text, "FROM "); from[len(from)-1] != "scratch" {
		t.Errorf("%q", from)
	}
}
