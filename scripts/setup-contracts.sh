#!/usr/bin/env bash
# Installs what pay/contracts is compiled and tested with, from npm at the versions in pay/contracts/package-lock.json:
# the Solidity compiler, OpenZeppelin's contracts, forge. From Debian: node, npm, and z3 for tools/prove.js.
#
#   scripts/setup-contracts.sh
#
# It says what it installs before it does so, and does nothing the second time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/debian.sh

cache=${TAPCARD_CACHE:-$PWD/.cache}
need_commands "the contracts' compiler" node:nodejs npm:npm z3:z3
key=$({ node --version && cat pay/contracts/package.json pay/contracts/package-lock.json; } | sha256sum)
[[ -d pay/contracts/node_modules ]] && is_done contracts "$key" && exit 0
say "installing solc, OpenZeppelin's contracts and forge with npm into pay/contracts/node_modules"
(cd pay/contracts && npm ci --no-fund --no-audit --loglevel=error >/dev/null) ||
	fail "npm cannot install them: its reason is above"
(cd pay/contracts && tools/forge.sh --version >/dev/null) || fail "the lock file has no forge for $(uname -sm)"
mark_done contracts "$key"
