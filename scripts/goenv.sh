# The Go environment of the other scripts. Sourced at the repository's root, not run.

cache=${TAPCARD_CACHE:-$PWD/.cache}

# Where the system's Go is missing or too old, scripts/setup.sh leaves one here.
[[ ! -x $cache/go/bin/go ]] || PATH=$cache/go/bin:$PATH
command -v go >/dev/null || {
	echo "no Go on this machine: run scripts/setup.sh, or install Go 1.26 or later" >&2
	exit 1
}

# Without "direct" a module that the proxy does not have is an immediate error and never a connection to elsewhere.
GOPROXY=$(go env GOPROXY | sed -E 's/[,|]direct\b//g; s/^direct$/off/')
export GOPROXY PATH
