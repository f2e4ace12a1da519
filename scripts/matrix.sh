#!/usr/bin/env bash
# Runs the tests that fill the support matrix of README.md, and writes it. make test runs them too, and checks that the
# README says what they showed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh
scripts/setup-interop.sh
scripts/setup-btc.sh
. scripts/goenv.sh
TAPCARD_MATRIX=$(mktemp -d)
export TAPCARD_MATRIX
trap 'rm -rf "$TAPCARD_MATRIX"' EXIT
scripts/in-reader go test -count=1 -run EveryCommandDoesItsWork ./keycard
scripts/in-reader go test -count=1 ./transport/pcsc
go test -count=1 -run ANode ./cmd/tapcard
scripts/in-reader go test -count=1 -run ThreeLinkedCards ./cmd/tapcard
(cd interop && ../scripts/in-reader go test -count=1 -p 1 ./...)
go run ./internal/matrix/write README.md
