#!/usr/bin/env bash
# Everything: what scripts/check.sh does, the race detector, the fuzz targets for a bounded time, a real reader, clients
# that others wrote, and the demo. It sets up what it needs. Each stage says how long it took.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/stages.sh
what=test

# How many executions all fuzz targets share.
fuzz_executions=${FUZZ_EXECUTIONS:-400000}

# Packages whose goroutines meet, or that hold secrets and state: these run with the race detector.
raced=(card secret hd softcard transport keycard linkedbackup signer trust)

setup() {
	scripts/setup.sh
	scripts/setup-interop.sh
}

race() {
	local folder packages=()
	for folder in "${raced[@]}"; do
		[[ ! -d $folder ]] || packages+=("./$folder/...")
	done
	go test -race "${packages[@]}"
}

# One at a time: there is one reader.
readers() { scripts/in-reader go test -count=1 -p 1 ./transport/...; }
interop() (cd interop && ../scripts/in-reader go test -count=1 -p 1 ./...)

stage "set-up" setup
. scripts/goenv.sh
stage "check" scripts/check.sh
stage "race detector" race
stage "fuzzing" scripts/fuzz.sh share "$fuzz_executions"
stage "a real reader" readers
stage "clients of others" interop
stage "renaming the module" scripts/test-rename.sh
stage "demo" scripts/demo.sh
summary passed ""
