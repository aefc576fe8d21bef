#!/usr/bin/env bash
# Sockets, processes and real clocks on a machine that others use too: what fails is tried once more, alone.
# What passes only then is named, and ./test says how many those were. Pure tests are not given a second attempt.
#   again.sh methods TESTS…          an executable of xunit: the methods that failed
#   again.sh files FOLDER FLAGS…     each *.test.mjs of a folder under `node --test`: the files that failed
#   again.sh whole COMMAND…          one that can't be taken apart
set -uo pipefail
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Runs once; what a failure printed is shown in a form that is not counted.
first() {
    "$@" >"$log" 2>&1 && cat "$log" && return
    sed 's/^/| /' "$log"
    return 1
}

whole() { first "$@" || { echo "(retry x1) $*" && "$@"; }; }

methods() {
    "$@" >"$log" 2>&1 && cat "$log" && return
    local names count
    # "failed Some.Class.Method(row: 1) (5ms)"
    mapfile -t names < <(sed -n 's/^failed \([A-Za-z0-9_.+]*\).*/\1/p' "$log" | sort -u)
    count=$(grep -c '^failed [A-Za-z]' "$log")
    # A crash names none, and many at once are no accident.
    if [ "${#names[@]}" -eq 0 ] || [ "${#names[@]}" -gt 3 ]; then cat "$log" && return 1; fi
    sed 's/^ *failed/| &/' "$log"
    printf '(retry x1) %s\n' "${names[@]}"
    "$@" --filter-method "${names[@]}" >"$log" 2>&1 || { cat "$log" && return 1; }
    sed 's/^/| /' "$log"
    echo "$count passed, 0 failed"
}

files() {
    local status=0 file
    cd "$1" || exit 2
    shift
    for file in *.test.mjs; do
        whole node --test "$@" "$file" || status=1
    done
    return "$status"
}

"$@"
