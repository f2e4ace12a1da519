#!/usr/bin/env bash
# Runs the pinned forge in this folder, whatever forge the machine has.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec node_modules/@foundry-rs/forge-linux-amd64/bin/forge "$@"
