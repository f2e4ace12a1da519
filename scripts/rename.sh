#!/usr/bin/env bash
# Gives the module another name, in both modules: the first thing to do before publishing it.
#
#   scripts/rename.sh MODULE [FOLDER]    for instance example.org/you/tapcard; FOLDER is this repository unless given
#
# The name it has, tapcard.example, can belong to nobody, so that nobody can ever serve code under it.
set -euo pipefail
new=${1:-}
folder=${2:-$(dirname "${BASH_SOURCE[0]}")/..}
[[ $new =~ ^[a-z0-9][a-z0-9.-]*\.[a-z]+(/[A-Za-z0-9._~-]+)*$ ]] || {
	echo "rename: not a module path: \"$new\" (make rename MODULE=example.org/you/tapcard)" >&2
	exit 2
}
cd "$folder"
old=$(sed -n 's/^module //p' go.mod)
# In Go files and go.mod, wherever the old name stands for itself and is not part of a longer one.
find . \( -name '.?*' -o -name node_modules \) -prune -o -type f \( -name '*.go' -o -name go.mod \) -print0 |
	xargs -0 sed -i -E "s,(^|[^A-Za-z0-9._-])${old//./\\.}(\$|[^A-Za-z0-9_-]),\1$new\2,g"
find . \( -name '.?*' -o -name node_modules \) -prune -o -name '*.go' -print0 | xargs -0 gofmt -w
echo "renamed $old to $new"
