#!/usr/bin/env bash
# The payment contracts: their tests, gas, that artifacts/ is what the sources give, proofs, and planted bugs.
#
#   scripts/contracts.sh          everything
#   scripts/contracts.sh quick    without planted bugs: each of those compiles everything anew
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup-contracts.sh
cd pay/contracts
tools/forge.sh test | grep -vE '^([|+╭╰]|$)' # without the tables of how often each step was taken
tools/gas.js
tools/build.js check
tools/prove.js
tools/prove.js --plant
[[ ${1-} == quick ]] || tools/planted.sh
