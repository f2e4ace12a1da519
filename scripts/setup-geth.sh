#!/usr/bin/env bash
# Installs geth, the second Ethereum node that judges the payment contracts in the tests of pay/vault.
#
#   scripts/setup-geth.sh
#
# The binary lands in .cache/geth; nothing is installed elsewhere, and no service is started. The second time nothing is
# done. Compiling it takes some minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/debian.sh
. scripts/goenv.sh

cache=${TAPCARD_CACHE:-$PWD/.cache}
version=v1.17.8 # later ones need a module that the Go proxy does not have

if [[ ! -x $cache/geth/$version/geth ]]; then
	say "compiling geth $version into $cache/geth/$version: some minutes"
	(cd / && GOBIN=$cache/geth/$version GOFLAGS=-mod=mod go install "github.com/ethereum/go-ethereum/cmd/geth@$version")
fi
ln -sfn "$version/geth" "$cache/geth/geth"
