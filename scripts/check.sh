#!/usr/bin/env bash
# What must pass before every commit: format, vet, staticcheck, patches of planted bugs, unit
# tests with the import rules, cross-compilation.
# Under a minute once the caches are warm. Long tests are cut short, and those that need a reader say so and are skipped;
# scripts/test.sh runs them in full.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/goenv.sh
. scripts/stages.sh
what=check

# format lists the files that gofmt would change.
format() {
	local bad
	bad=$(go_files | xargs -0 gofmt -l)
	[[ -z $bad ]] || { printf 'not formatted with gofmt:\n%s\n' "$bad"; return 1; }
}

# go_files names our Go files, those not committed yet included.
go_files() { find . \( -name '.?*' -o -name node_modules \) -prune -o -name '*.go' -print0; }

# vet looks at both modules.
vet() {
	go vet ./...
	[[ ! -e interop/go.mod ]] || (cd interop && go vet ./...)
}

# lint runs staticcheck at a pinned version, compiled once for each version of it and of Go.
lint() {
	local version=v0.8.2 tool
	tool=$cache/tools/staticcheck-$version-$(go env GOVERSION)
	[[ -x $tool ]] || {
		GOBIN=$tool.new go install "honnef.co/go/tools/cmd/staticcheck@$version"
		mv -T "$tool.new/staticcheck" "$tool"
		rmdir "$tool.new"
	}
	"$tool" ./...
}

# cross compiles everything for the other platforms, without cgo.
cross() {
	local target
	for target in darwin/arm64 windows/amd64 linux/arm64; do
		CGO_ENABLED=0 GOOS=${target%/*} GOARCH=${target#*/} go build -o /dev/null ./... || {
			echo "does not compile for $target"
			return 1
		}
	done
}

stage "format" format
stage "vet" vet
stage "staticcheck" lint
stage "planted bugs still fit" scripts/planted.sh --fit
stage "unit tests" go test -short ./...
stage "cross-compilation" cross
summary passed ""
