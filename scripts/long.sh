#!/usr/bin/env bash
# Campaigns that take hours, one after the other or by name. What they have shown is in docs/campaigns.md.
#
#   scripts/long.sh all              everything below: about fourteen hours on two cores
#   scripts/long.sh fuzz [10m]       every fuzz target, so long each
#   scripts/long.sh duplicate        every state of a Keycard duplication, with more cards, sessions and faults
#   scripts/long.sh linked           every state of a linked backup, with more cards and runs
#   scripts/long.sh adversary [N]    N adversarial runs against linked backup, a million unless told otherwise
#
# A run that breaks an invariant prints its seed, and rapid leaves a file under testdata/rapid that repeats it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/goenv.sh
. scripts/stages.sh
what=long

usage() {
	sed -n '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
	exit 2
}

campaign() {
	case $1 in
	fuzz) stage "fuzzing, ${2:-10m} each" scripts/fuzz.sh each "${2:-10m}" ;;
	duplicate) stage "states of a duplication" go test -v -count=1 -timeout 24h -run '^TestEveryState' ./keycard/duplicate -search.deep ;;
	linked) stage "states of a linked backup" go test -v -count=1 -timeout 24h -run '^TestEveryState' ./linkedbackup/applet -search.deep ;;
	adversary) stage "${2:-1000000} adversarial runs" go test -v -count=1 -timeout 72h -run '^TestInvariants' ./linkedbackup/applet \
		-rapid.checks "${2:-1000000}" ;;
	*) usage ;;
	esac
}

(($#)) || usage
if [[ $1 == all ]]; then
	for name in duplicate linked fuzz adversary; do campaign "$name"; done
else
	campaign "$@"
fi
summary passed ""
