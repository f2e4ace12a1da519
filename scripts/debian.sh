# Functions of the setup scripts: what to say, and how to get packages from Debian. Sourced, not run.

# say prints one line about what is being done.
say() { printf 'setup: %s\n' "$*"; }

# fail ends the script with one sentence.
fail() {
	printf 'setup: %s\n' "$*" >&2
	exit 1
}

# as_root runs a command as root, or says in one sentence why it cannot.
as_root() {
	if [[ $(id -u) == 0 ]]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		fail "neither root nor sudo, so please run this as root once: $*"
	fi
}

# refresh_lists fetches the package lists, once per run.
refresh_lists() {
	[[ -n ${lists_refreshed:-} ]] && return
	lists_refreshed=1
	command -v apt-get >/dev/null ||
		fail "this is no Debian: install pcscd, vsmartcard's vpcd, a C compiler, Go and npm by hand"
	say "fetching the package lists"
	as_root apt-get -qq update
}

# candidates PACKAGE... prints PACKAGE-VERSION, as apt would install it, one per line, for those it knows.
candidates() {
	LC_ALL=C apt-cache policy "$@" 2>/dev/null |
		sed -n -e 's/^\([a-z0-9][^ ]*\):$/\1/;T candidate;h;d' -e ': candidate;s/^  Candidate: \([^(].*\)$/-\1/;T;H;x;s/\n//p'
}

# need_commands PURPOSE COMMAND:PACKAGE... installs the packages whose commands are missing.
need_commands() {
	local purpose=$1 pair missing=()
	shift
	for pair in "$@"; do
		PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
	done
	((${#missing[@]})) || return 0
	refresh_lists
	say "installing for $purpose: ${missing[*]}"
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}" >/dev/null
}

# missing_libraries PACKAGE prints the library packages it depends on, however deep, that are not installed.
missing_libraries() {
	local p
	LC_ALL=C apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
		--no-enhances "$1" | sed -n 's/^\(lib[^ :]*\)$/\1/p' | sort -u |
		while read -r p; do
			dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q ' installed$' || echo "$p"
		done
}

# is_done NAME KEY tells whether step NAME was already done for exactly this KEY; mark_done NAME KEY says so.
is_done() { [[ $(cat "$cache/setup/$1" 2>/dev/null) == "$2" ]]; }
mark_done() {
	mkdir -p "$cache/setup"
	printf '%s\n' "$2" >"$cache/setup/$1"
}
