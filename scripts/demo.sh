#!/usr/bin/env bash
# The demo: a Keycard made of software, in a real reader, signs a transaction that a real Ethereum node accepts; then a payment
# card pays a merchant there. It sets up what it needs, and runs inside scripts/in-reader, so that pcscd and the node are reachable by nobody and
# gone afterwards. `tapcard demo` finds the node as "anvil" on its PATH, and the reader by TAPCARD_PCSCD=1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh go
. scripts/goenv.sh
scripts/setup.sh anvil || echo "demo: without a node the transaction is signed and not sent, for the reason above"
PATH=$cache/anvil:$PATH
PATH=$cache/bin:$PATH
CGO_ENABLED=0 go build -o "$cache/bin/" ./cmd/tapcard ./cmd/tappay
reader=(scripts/in-reader)
if ! { scripts/setup.sh reader && scripts/in-reader true; }; then
	echo "demo: without a private reader the card is used in process, for the reason above"
	reader=()
fi
"${reader[@]}" "$cache/bin/tapcard" demo "$@"
"${reader[@]}" scripts/demo-pay.sh
