# Stages: named steps with their times. Sourced, not run.

stage_times=()
stages_began=$EPOCHREALTIME

# seconds prints the seconds since a moment, with one decimal.
seconds() { awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f", to - from }'; }

# stage NAME COMMAND... runs a command and writes down how long it took; when it fails, so does everything.
stage() {
	local name=$1 began=$EPOCHREALTIME status
	shift
	printf '\n== %s\n' "$name"
	set +e # and not "|| status=$?", behind which bash would forget set -e inside the command as well
	(
		set -e
		"$@"
	)
	status=$?
	set -e
	stage_times+=("$(printf '%7.1f s  %s' "$(seconds "$began")" "$name")")
	printf -- '-- %s: %s s\n' "$name" "$(seconds "$began")"
	if ((status)); then
		summary FAILED "in stage \"$name\""
		exit "$status"
	fi
}

# summary WORD DETAIL prints what took how long, and one last line.
summary() {
	printf '\n'
	printf '%s\n' "${stage_times[@]}"
	printf '%s %s: %s s, %d stages %s\n' "$what" "$1" "$(seconds "$stages_began")" "${#stage_times[@]}" "$2"
}
