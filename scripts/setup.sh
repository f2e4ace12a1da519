#!/usr/bin/env bash
# Makes this machine ready for the tests and the demo: Debian packages, a smart card daemon, Go, an Ethereum node.
#
#   scripts/setup.sh           everything below
#   scripts/setup.sh reader    the smart card daemon: what scripts/in-reader needs
#   scripts/setup.sh go        a C compiler for the race detector, Go if there is none, and the modules in go.sum
#   scripts/setup.sh anvil     the Ethereum node, from npm, at the version in scripts/anvil/package-lock.json
#
# It prints what it is going to install before it does so, installs only what is missing, and does nothing the
# second time. System packages need root or sudo; the daemon does not, because it is unpacked and not installed:
# pcscd and vpcd land in .cache/pcsc/VERSIONS, no system service is enabled, and Debian's reader configuration, with
# which vpcd listens on every network interface, is never read by anybody.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/debian.sh

cache=${TAPCARD_CACHE:-$PWD/.cache}
reader_packages=(pcscd vsmartcard-vpcd libpcsclite1)

# versions prints the name of the folder for the packages given, or nothing when apt does not know them all.
versions() {
	local known
	mapfile -t known < <(candidates "$@")
	((${#known[@]} == $#)) || return 0
	tr ' :' '_.' <<<"${known[*]}"
}

# setup_reader unpacks pcscd, the virtual reader and the client library into a folder named after their versions.
setup_reader() {
	local name
	need_commands "the reader" unshare:util-linux setpriv:util-linux ip:iproute2 ldd:libc-bin
	name=$(versions "${reader_packages[@]}")
	if [[ -z $name ]]; then
		# Without package lists nothing says that an earlier copy is too old, so it will do.
		[[ -e $cache/pcsc/current/usr/sbin/pcscd ]] && return
		refresh_lists
		name=$(versions "${reader_packages[@]}")
		[[ -n $name ]] || fail "apt does not know all of ${reader_packages[*]}: check /etc/apt/sources.list"
	fi
	[[ -e $cache/pcsc/$name ]] || unpack "$cache/pcsc/$name" "${reader_packages[@]}"
	ln -sfn "$name" "$cache/pcsc/current"
}

# unpack ROOT PACKAGE... downloads packages and unpacks them under ROOT, with the libraries that are missing here.
unpack() {
	local root=$1 work more
	shift
	say "unpacking, not installing: $*"
	mkdir -p "$(dirname "$root")"
	work=$(mktemp -d "$root.XXXXXX")
	fetch_into "$work" "$@"
	if ldd "$work/root/usr/sbin/pcscd" | grep -q 'not found'; then
		mapfile -t more < <(missing_libraries pcscd)
		say "unpacking the libraries it needs: ${more[*]}"
		fetch_into "$work" "${more[@]}"
	fi
	mv -T "$work/root" "$root"
	rm -rf "$work"
}

# fetch_into WORK PACKAGE... leaves the contents of the packages under WORK/root.
fetch_into() {
	local work=$1 deb
	shift
	mkdir -p "$work/root"
	(cd "$work" && apt-get -qq -o APT::Sandbox::User="$(id -un)" download "$@") ||
		fail "cannot download $*: check the network and /etc/apt/sources.list"
	for deb in "$work"/*.deb; do dpkg -x "$deb" "$work/root"; done
	rm -f "$work"/*.deb
}

# setup_go fetches every module at its pinned version, so that the tests run without a network.
setup_go() {
	local key
	need_commands "make and the race detector" make:make gcc:build-essential
	go_will_do || [[ -x $cache/go/bin/go ]] || bootstrap_go
	. scripts/goenv.sh
	key=$(cat go.sum interop/go.sum 2>/dev/null | sha256sum)
	is_done modules "$key" && return
	say "fetching the Go modules named in go.sum"
	go mod download
	[[ ! -e interop/go.mod ]] || (cd interop && go mod download)
	mark_done modules "$key"
}

# go_will_do tells whether the system's Go is one that fetches the version in go.mod by itself: 1.21 or later.
go_will_do() {
	command -v go >/dev/null && [[ $(GOTOOLCHAIN=local go env GOVERSION) =~ ^go1\.([0-9]+) ]] && ((BASH_REMATCH[1] >= 21))
}

# bootstrap_go leaves a Go of the version in go.mod in .cache/go. Debian's own is older, but it can fetch a newer one as
# a module and check it against Go's checksum database.
bootstrap_go() {
	local version module folder
	version=$(sed -n 's/^go //p' go.mod)
	module=golang.org/toolchain@v0.0.1-go$version.linux-$(dpkg --print-architecture)
	need_commands "fetching Go $version" go:golang-go
	say "fetching Go $version into ${cache#"$PWD"/}/go"
	folder=$(cd / && GO111MODULE=on GOFLAGS=-modcacherw GOTOOLCHAIN=local go mod download -json "$module" |
		sed -n 's/^\t"Dir": "\(.*\)",\?$/\1/p')
	[[ -n $folder ]] || fail "cannot fetch $module: check the network and GOPROXY, or install Go $version by hand"
	mkdir -p "$cache"
	cp -R "$folder" "$cache/go.new"
	chmod -R u+w "$cache/go.new"
	chmod -R a+x "$cache/go.new/bin" "$cache/go.new/pkg/tool" # a module keeps no permissions
	rm -rf "$cache/go"
	mv -T "$cache/go.new" "$cache/go"
}

# setup_anvil installs the Ethereum node into .cache/anvil, from the package that has the program for this platform.
setup_anvil() {
	local key
	need_commands "anvil" node:nodejs npm:npm
	key=$(cat scripts/anvil/package-lock.json <(uname -m) | sha256sum)
	is_done anvil "$key" && return
	say "installing anvil with npm into ${cache#"$PWD"/}/anvil"
	rm -rf "$cache/anvil"
	mkdir -p "$cache/anvil"
	cp scripts/anvil/package.json scripts/anvil/package-lock.json scripts/anvil/.npmrc "$cache/anvil/"
	(cd "$cache/anvil" && npm ci --loglevel=error >/dev/null) || fail "npm cannot install anvil: its reason is above"
	(cd "$cache/anvil" && ln -s "$(find node_modules/@foundry-rs -path '*/bin/anvil' -type f -print -quit)" anvil)
	"$cache/anvil/anvil" --version >/dev/null || fail "the lock file has no anvil for $(uname -sm)"
	mark_done anvil "$key"
}

case ${1:-all} in
reader) setup_reader ;;
go) setup_go ;;
anvil) setup_anvil ;;
all)
	setup_go
	setup_reader
	setup_anvil
	;;
*) fail "usage: scripts/setup.sh [reader|go|anvil]" ;;
esac
