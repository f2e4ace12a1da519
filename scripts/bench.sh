#!/usr/bin/env bash
# All benchmarks, each on one core, those that need a reader in one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh reader
. scripts/goenv.sh
mapfile -t folders < <(find . \( -name '.?*' -o -name node_modules -o -path ./interop -o -path ./transport \) -prune \
	-o -name '*_test.go' -exec grep -l '^func Benchmark' {} + | xargs -r dirname | sort -u)
GOMAXPROCS=1 go test -p 1 -run '^$' -bench . -benchmem "${folders[@]}"
scripts/in-reader go test -p 1 -run '^$' -bench . ./transport/...
