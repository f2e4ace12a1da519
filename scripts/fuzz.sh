#!/usr/bin/env bash
# Runs every fuzz target of the repository.
#
#   scripts/fuzz.sh share N     N executions in all, shared out evenly: a bounded time, for every test run
#   scripts/fuzz.sh each 10m    so long for each target
#
# What the targets learn is kept in .cache/fuzz and is where the next run begins. An input that fails a target is
# written to that package's testdata/fuzz, where plain `go test` finds it from then on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/goenv.sh

usage() {
	echo "usage: scripts/fuzz.sh share EXECUTIONS | each DURATION" >&2
	exit 2
}

# targets lists every fuzz target as "FOLDER NAME".
targets() {
	find . \( -name '.?*' -o -name node_modules -o -path ./interop \) -prune -o -name '*_test.go' -print |
		sort | xargs grep -oE '^func Fuzz[A-Za-z0-9_]*' /dev/null | sed -E 's,^(.*)/[^/]*:func (.*),\1 \2,'
}

# fuzz FOLDER NAME AMOUNT runs one target, in a binary that is compiled once per folder.
fuzz() {
	local folder=$1 name=$2 amount=$3 binary=$work/${1//\//_}.test began=$EPOCHREALTIME
	[[ -x $binary ]] || go test -c -fuzz=. -o "$binary" "$folder"
	mkdir -p "$cache/fuzz/$folder"
	(cd "$folder" && "$binary" -test.run='^$' -test.fuzz="^$name\$" -test.fuzztime="$amount" \
		-test.fuzzminimizetime=20x -test.fuzzcachedir="$cache/fuzz/$folder") >"$work/log" 2>&1 || {
		cat "$work/log"
		return 1
	}
	awk -v n="$name" -v f="${folder#./}" -v from="$began" -v to="$EPOCHREALTIME" '/^fuzz: elapsed/ { line = $0 } END {
		match(line, /execs: [0-9]+/); printf "%7.1f s  %s %s: %s\n", to - from, f, n, substr(line, RSTART, RLENGTH)
	}' "$work/log"
}

[[ $# == 2 ]] || usage
mapfile -t all < <(targets)
case $1 in
share) amount=$(($2 / ${#all[@]}))x ;;
each) amount=$2 ;;
*) usage ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$cache/fuzz"
for target in "${all[@]}"; do
	# shellcheck disable=SC2086 # a target is two words
	fuzz $target "$amount"
done
echo "${#all[@]} fuzz targets, $amount each"
