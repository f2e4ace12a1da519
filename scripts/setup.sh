#!/usr/bin/env bash
# Makes this machine ready for the tests and the demo: Debian packages, a smart card daemon, Go modules.
#
#   scripts/setup.sh reader    the smart card daemon only: what scripts/in-reader needs
#   scripts/setup.sh           everything
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
	need_commands "the race detector and make" gcc:build-essential make:make
	. scripts/goenv.sh
	key=$(cat go.sum interop/go.sum 2>/dev/null | sha256sum)
	is_done modules "$key" && return
	say "fetching the Go modules named in go.sum"
	go mod download
	[[ ! -e interop/go.mod ]] || (cd interop && go mod download)
	mark_done modules "$key"
}

case ${1:-all} in
reader) setup_reader ;;
all)
	setup_reader
	setup_go
	;;
*) fail "usage: scripts/setup.sh [reader]" ;;
esac
