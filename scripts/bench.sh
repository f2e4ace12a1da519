#!/usr/bin/env bash
# What the project promises about speed, measured: each figure beside its target, and as a ratio to the bare primitives
# it is made of. It never fails because something is slow.
#
#   scripts/bench.sh        the promises (internal/bench)
#   scripts/bench.sh all    and before them every benchmark of every package
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh go
. scripts/goenv.sh

# everything runs all benchmarks, each on one core, those that need a reader in one.
everything() {
	mapfile -t folders < <(find . \( -name '.?*' -o -name node_modules -o -path ./interop -o -path ./transport \) -prune \
		-o -name '*_test.go' -exec grep -l '^func Benchmark' {} + | xargs -r dirname | sort -u)
	GOMAXPROCS=1 go test -p 1 -run '^$' -bench . -benchmem "${folders[@]}"
	"${reader[@]}" go test -p 1 -run '^$' -bench . ./transport/...
}

reader=(scripts/in-reader)
if ! { scripts/setup.sh reader && scripts/in-reader true; }; then
	echo "bench: without a private reader, for the reason above"
	reader=(env)
fi
[[ ${1:-} != all ]] || everything
mkdir -p "$cache/bin"
CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$cache/bin/tapcard" ./cmd/tapcard
go test -c -o "$cache/bin/bench.test" ./internal/bench
TAPCARD_BENCH=$cache/bin/tapcard "${reader[@]}" "$cache/bin/bench.test" -test.run '^TestNumbers$' -test.benchtime 20ms
