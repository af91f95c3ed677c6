package main

import (
	"fmt"
	"runtime/debug"
)

type versionCmd struct{}

// Run prints version, commit and Go version.
func (versionCmd) Run(a *app) error {
	b := builtFrom()
	fmt.Fprintf(a.out, "reviewdesk %s\ncommit %s\n%s\n", b.version, b.commit, b.goVersion)
	return nil
}

type build struct{ version, commit, goVersion string }

// builtFrom reads what the linker wrote into the binary.
func builtFrom() build {
	b := build{"(devel)", "unknown", "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.goVersion = info.GoVersion
	if info.Main.Version != "" {
		b.version = info.Main.Version
	}
	changed := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			b.commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = " with changes"
		}
	}
	b.commit += changed
	return b
}
