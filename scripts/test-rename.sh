#!/usr/bin/env bash
# Renames a copy of the repository and builds and tests packages of it under the new name.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/goenv.sh
old=$(go list -m)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
find . \( -name '.?*' -o -name node_modules \) -prune -o -type f -print0 | tar -cf - --null -T - | tar -xf - -C "$copy"
scripts/rename.sh example.org/somebody/cards "$copy"
cd "$copy"
if grep -rnF --include='*.go' --include=go.mod "$old" .; then
	echo "the old name is still there" >&2
	exit 1
fi
go vet ./iso7816/... ./card/... ./transport/vpcd
go test ./iso7816/... ./card/...
[[ ! -e interop/go.mod ]] || (cd interop && go list . >/dev/null)
