#!/usr/bin/env bash
# Plants known bugs in the contracts, one at a time, and wants the test that each patch names to fail.
#
#   tools/planted.sh [NAME...]    all of planted/, or only these, without .patch
#
# A patch starts with the invariant it breaks and a line "Test: NAME". A copy is patched, never this folder. What was
# noticed is remembered by the sources, the tests and the patch, and is not run again until one of them changes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
cache=${TAPCARD_CACHE:-$root/../../.cache}/planted-contracts
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
	printf 'planted: %s\n' "$*" >&2
	exit 1
}

# plant PATCH runs the test that the patch names on a patched copy.
plant() {
	local name test key
	name=$(basename "$1" .patch) test=$(sed -n '/^--- /q; s/^Test: //p' "$1")
	key=$(cat src/*.sol test/*.sol foundry.toml "$1" | sha256sum)
	[[ $(cat "$cache/$name" 2>/dev/null) != "$key" ]] || {
		printf 'noticed before: %-28s by %s\n' "$name" "$test"
		return
	}
	rm -rf "$work/tree"
	mkdir "$work/tree"
	cp -r src test tools foundry.toml package.json "$work/tree"
	ln -s "$root/node_modules" "$work/tree/node_modules"
	sed -i 's,\.\./\.\./\.cache,cache,' "$work/tree/foundry.toml"
	(cd "$work/tree" && GIT_CEILING_DIRECTORIES=$work git apply "$1") || fail "$name does not apply any more: make it again"
	if (cd "$work/tree" && "$root/node_modules/@foundry-rs/forge-linux-amd64/bin/forge" test --mt "^$test\\b") >"$work/log" 2>&1; then
		cat "$work/log"
		fail "$name is not noticed by $test"
	fi
	# an invariant is named some lines below, after the calls that break it
	grep -q '^\[FAIL' "$work/log" && grep -q "\b$test(" "$work/log" || {
		cat "$work/log"
		fail "$name: $test did not fail by itself, see above"
	}
	mkdir -p "$cache"
	printf '%s\n' "$key" >"$cache/$name"
	printf 'noticed: %-35s by %s\n' "$name" "$test"
}

patches=("${@/#/$root/planted/}")
patches=("${patches[@]/%/.patch}")
(($#)) || patches=("$root"/planted/*.patch)
for patch in "${patches[@]}"; do plant "$patch"; done
echo "${#patches[@]} planted bugs, all noticed"
