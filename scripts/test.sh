#!/usr/bin/env bash
# Everything: what scripts/check.sh does, all tests in full, the race detector, the fuzz targets for a bounded time, the
# payment contracts, a real reader, clients that others wrote, and the demo. It sets up what it needs. Each stage says how long it took.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/stages.sh
what=test

# How many executions all fuzz targets share.
fuzz_executions=${FUZZ_EXECUTIONS:-300000}

# Packages whose goroutines meet, or whose locks are tested.
raced=(./card/... ./secret/... ./hd/... ./softcard/... ./transport/... ./signer/... ./trust/... ./internal/privatefile)

setup() {
	scripts/setup.sh
	scripts/setup-interop.sh
	scripts/setup-btc.sh
	scripts/setup-geth.sh
}

# readers runs the packages whose tests want a reader, one at a time: there is one reader.
readers() {
	mapfile -t packages < <(find . \( -name '.?*' -o -name node_modules -o -path ./interop \) -prune -o -name '*_test.go' \
		-exec grep -l -e TAPCARD_PCSCD -e internal/testreader {} + | xargs dirname | sort -u)
	scripts/in-reader go test -short -count=1 -p 1 "${packages[@]}"
	scripts/in-reader go test -race -count=1 ./transport/pcsc
}

interop() (cd interop && ../scripts/in-reader go test -count=1 -p 1 ./...)

# What the tests show to work goes there, and must be what the README says.
TAPCARD_MATRIX=$(mktemp -d)
export TAPCARD_MATRIX
trap 'rm -rf "$TAPCARD_MATRIX"' EXIT

stage "set-up" setup
. scripts/goenv.sh
stage "check" scripts/check.sh
stage "all tests in full" go test -timeout 20m ./...
stage "race detector" go test -race -short "${raced[@]}"
stage "planted bugs" scripts/planted.sh
stage "fuzzing" scripts/fuzz.sh share "$fuzz_executions"
stage "contracts" scripts/contracts.sh quick
stage "a real reader" readers
stage "clients of others" interop
stage "support matrix" go run ./internal/matrix/write -check README.md
stage "renaming the module" scripts/test-rename.sh
stage "demo" scripts/demo.sh
summary passed ""
