# The desk's habits: make generate, check, test, build, demo.

GO      ?= go
BIN     ?= bin/reviewdesk
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)

.PHONY: generate check test soak load bench bench-large peer build demo tools fresh screenshots

# generate writes the Go code of the pages.
generate:
	$(GO) generate ./...

build: generate
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='$(LDFLAGS)' -o $(BIN) ./cmd/reviewdesk

demo:
	$(GO) run ./cmd/reviewdesk demo

# check is what a reader would otherwise have to look for by eye.
check: fresh
	@test -z "$$(gofmt -l $$(git ls-files '*.go' | grep -v _templ.go))" || (gofmt -l . ; echo 'run gofmt -w'; exit 1)
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

# fresh fails when generated files are not those of their sources.
fresh: generate
	git diff --exit-code -- '*_templ.go' go.mod go.sum

# tools installs what the tests need beside Go. As root on Debian it does so by
# itself; elsewhere it says what is missing.
tools:
	@sh cmd/tools.sh

# test is everything: what CI runs, on a fresh machine too. A C compiler is needed
# for the race detector only. What it would slow down for nothing runs without it: the
# kills and the power cuts (twentyfold), the costs that must not grow with the desk (it
# would measure itself), and the tests in a browser, whose desk is the binary as it ships
# and a process of its own (cmd/reviewdesk/testdata/script drives one that it watches).
BROWSER := ./cmd/reviewdesk/browser
test: tools check
	CGO_ENABLED=1 $(GO) test -race -timeout 40m $$($(GO) list ./... | grep -v /cmd/reviewdesk/browser$$)
	$(GO) test -count=1 -timeout 40m -parallel 3 $(BROWSER)
	$(GO) test -count=1 -run 'TestKilledAt|TestAPowerCut|TestADiskThatFails' ./db
	$(GO) test -count=1 -run 'TestNoHotPathGrowsWithTheDesk' ./web

# screenshots takes the README's pictures anew, from the running demo.
screenshots: tools
	REVIEWDESK_SCREENSHOTS=1 $(GO) test $(BROWSER) -run TestThePictureOfTheReadme -count=1

# soak is the same with the large figures, some three hours of it: see cmd/soak.sh.
# SOAK=0.1 takes a tenth of them, FUZZ=1h fuzzes each decoder for so long.
soak: tools
	@GO='$(GO)' sh cmd/soak.sh

# load lets 200 officers work at once for ten minutes, each looking 5 to 20 seconds at a
# case, and prints how long each kind of page took. Others: make load OFFICERS=50
# LASTS=1m THINK_LEAST=0s THINK_MOST=0s ARRIVE=10s.
OFFICERS    ?= 200
LASTS       ?= 10m
THINK_LEAST ?= 5s
THINK_MOST  ?= 20s
ARRIVE      ?= 2m

load:
	REVIEWDESK_LOAD=$(OFFICERS) REVIEWDESK_LOAD_TIME=$(LASTS) REVIEWDESK_LOAD_ARRIVE=$(ARRIVE) \
	REVIEWDESK_LOAD_THINK_LEAST=$(THINK_LEAST) REVIEWDESK_LOAD_THINK_MOST=$(THINK_MOST) \
	$(GO) test -count=1 -v -timeout 60m -run TestOfficersAtOnce ./cmd/reviewdesk

# bench measures every hot path beside its floor, on desks of ten thousand and of a
# million verifications, and puts the table into BENCHMARKS.md. The desks are made on
# the first run, by reviewdesk generate, and kept: REVIEWDESK_BENCH_DESKS says where (by
# default in the user's cache; a million take 4 GB). BENCH='Desk//queue' BENCHINTO= picks
# paths, and only prints their table.
BENCH      ?= Desk|Log
BENCHTIME  ?= 1s
BENCHCOUNT ?= 3
BENCHINTO  ?= BENCHMARKS.md
bench:
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchtime $(BENCHTIME) -count $(BENCHCOUNT) -p 1 -timeout 0 ./web ./db | $(GO) run ./cmd/benchtable $(BENCHINTO)

# bench-large adds the desk of ten million: 40 GB, and an hour.
bench-large:
	REVIEWDESK_BENCH_LARGE=1 $(MAKE) bench

# peer holds the desk against PocketBase, path by path, and prints a table of ratios. It
# fills both with CASES verifications first, some 8 KB each: PEER_DATA keeps them for the
# next time.
CASES     ?= 1000000
PEER_DATA ?=

peer: build
	cd cmd/reviewdesk/testdata/peer && $(GO) run . -desk '$(abspath $(BIN))' -cases $(CASES) -data '$(abspath $(PEER_DATA))'
