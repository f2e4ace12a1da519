#!/usr/bin/env bash
# Plants known bugs, one at a time, and wants the test that each patch names to fail. A test that passes all the same
# does not test what it says it does.
#
#   scripts/planted.sh [NAME...]    all of testdata/planted, or only these, without .patch
#   scripts/planted.sh --fit        only looks whether all patches still fit the code, those of the contracts, too
#
# A patch starts with the invariant it breaks and two lines, "Package: ./FOLDER" and "Test: NAME". Where one test watches
# over several invariants, a line "Expect: WORDS" says what the failure must be about. Nothing in this folder is changed:
# the compiler is given the patched files in place of the real ones.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/goenv.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
	printf 'planted: %s\n' "$*" >&2
	exit 1
}

# field NAME PATCH prints a line of a patch's header.
field() { sed -n "/^--- /q; s/^$1: //p" "$2"; }

# applies PATCH... looks whether all of them still fit the code, before the first is planted.
applies() {
	local patch stale=0
	for patch; do
		git apply --check "$patch" || { echo "planted: $patch does not apply any more: make it again" >&2; stale=1; }
	done
	((!stale)) || fail "the invariants of these patches still count"
}

# overlay PATCH leaves the patched files in the work folder, and a list of them for the compiler.
overlay() {
	local files file separator=''
	rm -rf "$work/tree"
	mapfile -t files < <(sed -n 's,^--- a/,,p' "$1")
	mkdir "$work/tree"
	cp --parents "${files[@]}" "$work/tree" || fail "$1 patches what is not there"
	(cd "$work/tree" && GIT_CEILING_DIRECTORIES=$work git apply "$1") ||
		fail "$1 does not apply any more: make it again, its invariant still counts"
	{
		printf '{"Replace": {'
		for file in "${files[@]}"; do
			printf '%s"%s": "%s"' "$separator" "$PWD/$file" "$work/tree/$file"
			separator=', '
		done
		printf '}}\n'
	} >"$work/overlay.json"
}

# plant PATCH runs the test that the patch names.
plant() {
	local name package test expect
	expect=$(field Expect "$1")
	name=$(basename "$1" .patch) package=$(field Package "$1") test=$(field Test "$1")
	overlay "$1"
	if go test -count=1 -timeout 2m -overlay "$work/overlay.json" -run "^$test\$" "$package" >"$work/log" 2>&1; then
		cat "$work/log"
		fail "$name is not noticed by $test in $package"
	fi
	grep -q "^--- FAIL: $test\b" "$work/log" || {
		cat "$work/log"
		fail "$name: $test did not fail by itself, see above"
	}
	grep -qF -e "$expect" "$work/log" || {
		cat "$work/log"
		fail "$name: $test failed, but not with \"$expect\""
	}
	printf 'noticed: %-32s by %s\n' "$name" "$test"
}

[[ ${1-} != --fit ]] || {
	applies "$PWD"/testdata/planted/*.patch
	cd pay/contracts # pay/contracts/tools/planted.sh plants these
	applies "$PWD"/planted/*.patch
	exit
}
patches=("${@/#/$PWD/testdata/planted/}")
patches=("${patches[@]/%/.patch}")
(($#)) || patches=("$PWD"/testdata/planted/*.patch)
applies "${patches[@]}"
for patch in "${patches[@]}"; do plant "$patch"; done
echo "${#patches[@]} planted bugs, all noticed"
