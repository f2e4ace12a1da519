#!/usr/bin/env bash
# Installs btcd, the Bitcoin node that judges our transactions in the tests of chain/btc and cmd/tapcard.
#
#   scripts/setup-btc.sh
#
# The binary lands in .cache/btcd/VERSION; nothing is installed elsewhere, and no service is started. The second time
# nothing is done.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/debian.sh
. scripts/goenv.sh

cache=${TAPCARD_CACHE:-$PWD/.cache}
version=v0.26.2
bin=$cache/btcd/$version

if [[ ! -x $bin/btcd ]]; then
	say "installing btcd $version into $bin"
	(cd / && GOBIN=$bin GOFLAGS=-mod=mod go install "github.com/btcsuite/btcd@$version")
fi
ln -sfn "$version" "$cache/btcd/current"
