# Shared by the suites: run a step, keep its output, count what it says it ran.
passed=0
failed=0
logs=artifacts/test-logs
mkdir -p "$logs"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

# step NAME COMMAND…: its tests are counted; a failure prints what it printed.
step() {
    local name=$1 log="$logs/$1.log" start=$SECONDS status=0 ok=0 bad=0 again=0
    shift
    printf '%-28s' "$name"
    "$@" >"$log" 2>&1 </dev/null || status=$?
    read -r ok bad < <(count "$log")
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
    if [ "$status" -eq 0 ] && [ "$ok" -eq 0 ] && [ "$bad" -eq 0 ]; then ok=1; fi
    passed=$((passed + ok))
    failed=$((failed + bad))
    again=$(sed 's/\x1b\[[0-9;]*m//g' "$log" | grep -c '(retry x[0-9]*)' || true)
    printf '%5d passed %3d failed %5ds%s\n' "$ok" "$bad" "$((SECONDS - start))" "$([ "$again" -gt 0 ] && echo "  ($again of them at the second attempt)")"
    if [ "$bad" -ne 0 ]; then
        echo "--- $name failed; the end of $log:"
        tail -n 60 "$log" | cut -c1-300
        echo "---"
    fi
    return "$status"
}

# Microsoft.Testing.Platform, vitest, node's own runner and ours each have their closing lines.
count() {
    sed 's/\x1b\[[0-9;]*m//g' "$1" | awk '
        /^ *succeeded: [0-9]+$/ { ok += $2 }
        /^ *failed: [0-9]+$/ { bad += $2 }
        /^ *Tests .*passed/ || /^ *Tests .*failed/ { for (i = 1; i < NF; i++) { if ($(i + 1) ~ /^passed/) ok += $i; if ($(i + 1) ~ /^failed/) bad += $i } }
        /^[0-9]+ passed, [0-9]+ failed/ { ok += $1; bad += $3 }
        /^. pass [0-9]+$/ { ok += $3 }
        /^. fail [0-9]+$/ { bad += $3 }
        END { print ok + 0, bad + 0 }'
}

# The whole solution once per call of ./test.
built=""
build() {
    if [ -z "$built" ]; then
        built=yes
        command -v dotnet >/dev/null || { echo "./test: the .NET 10 SDK is missing; see https://dotnet.microsoft.com/download/dotnet/10.0" >&2; exit 1; }
        step build dotnet build Roost.slnx -c Release -v q -nologo || finish
    fi
}

# suite NAME: an executable of xunit. With sockets and real clocks in it: suite_again.
suite() { step "$1" "artifacts/bin/$1/release/$1"; }
suite_again() { step "$1" eng/test/again.sh methods "artifacts/bin/$1/release/$1"; }

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit $?
}
