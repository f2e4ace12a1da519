# The Go environment of every script and make target. Sourced, not run.

# Without "direct" a module that the proxy does not have is an immediate error and never a connection to elsewhere.
GOPROXY=$(go env GOPROXY | sed -E 's/[,|]direct\b//g; s/^direct$/off/')
export GOPROXY
