#!/usr/bin/env bash
# Installs the programs of others that interop/ lets judge our cards, by name from their registries:
# keycard-sdk (npm, with a lock file), keycard-py and coinkite-tap-protocol (pip, with hashes). The Go ones are in
# interop/go.mod.
#
#   scripts/setup-interop.sh
#
# keycard-sdk is required: what it needs is installed or this script fails. The Python ones are not: where the
# environment of one cannot be made, this script says why and its tests are skipped. The second time nothing is done.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/debian.sh

cache=${TAPCARD_CACHE:-$PWD/.cache}

# need_file PURPOSE FILE PACKAGE installs PACKAGE unless FILE is there.
need_file() {
	[[ -e $2 ]] && return
	refresh_lists
	say "installing for $1: $3"
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$3" >/dev/null
}

# setup_sdk installs keycard-sdk and compiles its PC/SC binding. Newer versions of node-addon-api, which the binding's
# range admits, want to be told that C++ exceptions are off; older ones understand the first name.
setup_sdk() {
	local key
	need_commands "keycard-sdk" node:nodejs npm:npm g++:build-essential make:make
	need_file "keycard-sdk's reader binding" /usr/include/PCSC/winscard.h libpcsclite-dev
	key=$({ node --version && cat interop/js/package.json interop/js/package-lock.json; } | sha256sum)
	[[ -d interop/js/node_modules ]] && is_done interop-js "$key" && return
	say "installing keycard-sdk into interop/js/node_modules"
	(
		cd interop/js
		export CXXFLAGS="-DNAPI_DISABLE_CPP_EXCEPTIONS -DNODE_ADDON_API_DISABLE_CPP_EXCEPTIONS"
		npm ci --no-fund --no-audit --loglevel=error
		node --input-type=module --eval 'await import("./reader.mjs")' ||
			fail "keycard-sdk's reader binding was not built: see npm's log"
	)
	mark_done interop-js "$key"
}

# setup_py NAME FOLDER VENV IMPORTS makes a Python environment in .cache/interop/VENV with what
# interop/FOLDER/requirements.txt lists, and tries whether IMPORTS can be imported there.
setup_py() {
	local key name=$1 requirements=interop/$2/requirements.txt venv=$cache/interop/$3 imports=$4
	need_commands "$name" python3:python3 gcc:build-essential swig:swig
	if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
		need_file "$name" "" python3-venv
	fi
	need_file "$name" "$(python3 -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h" python3-dev
	key=$({ python3 --version && cat "$requirements"; } | sha256sum)
	[[ -x $venv/bin/python ]] && is_done "interop-$2" "$key" && return
	say "installing $name into $venv"
	rm -rf "$venv"
	python3 -m venv "$venv"
	"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
		--requirement "$requirements" || return
	"$venv/bin/python" -c "import $imports" || return
	mark_done "interop-$2" "$key"
}

# optional NAME FOLDER VENV IMPORTS does the same and lives without it. It is done in a process of its own, and not after
# || or if, where bash would forget set -e.
optional() {
	local status
	set +e
	(
		set -e
		setup_py "$@"
	)
	status=$?
	set -e
	((status)) || return 0
	rm -rf "$cache/interop/$3"
	say "$1 is not available, so its tests will be skipped: the reason is above"
}

setup_sdk
optional keycard-py py venv "keycard, smartcard.System"
optional coinkite-tap-protocol tap tap-venv "cktap.cli, coincurve, smartcard.System"
