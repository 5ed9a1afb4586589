# Everything a person or CI calls. Go is all that is needed; test tools are installed where possible.
GO ?= go

.PHONY: run build test lint bench

run:
	$(GO) run ./cmd/klaster

build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags="-s -w" -o klaster ./cmd/klaster

# test installs the test tools it lacks (Debian, root), runs everything, and says in its last line what was skipped.
test:
	@bash scripts/test.sh

lint:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt would change:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) tool -modfile=tools/go.mod golangci-lint run ./...

# bench prints the table of BENCHMARKS.md; all terms are measured in one run.
bench:
	@bash scripts/bench.sh
