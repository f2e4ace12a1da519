#!/usr/bin/env bash
# Everything about the payment contracts: their tests, gas, planted bugs, and that artifacts/ is what the sources give.
#
#   scripts/contracts.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup-contracts.sh
cd pay/contracts
tools/forge.sh test
tools/gas.js
tools/build.js check
tools/planted.sh
