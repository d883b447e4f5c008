#!/bin/bash
# `make test`: installs what tests need, builds, runs every test there is, several at once. The last line is
# "N passed, N failed", and ", N skipped" where some were; the exit status is 0 only when something passed and
# nothing failed.
#   tests/run.sh              all kinds
#   tests/run.sh unit db      some of: unit db e2e browser
# B, SAN, CC choose the build, as in the Makefile; JOBS, how many test files run side by side.
set -euo pipefail
top=$(readlink -f "$(dirname "$0")/..")
cd "$top"
kinds=("$@")
[ ${#kinds[@]} -gt 0 ] || kinds=(unit db e2e browser)
export B=${B:-build}
jobs=${JOBS:-$(($(nproc) * 3))} # nearly all of it is waiting

# Where results are gathered; Postfix and clusters keep their own places under var/test.
results=$(mktemp -d "${TMPDIR:-/tmp}/kairan-results.XXXXXX")
export results
trap 'rm -rf "$results"' EXIT

build() {
    local how=("SAN=${SAN:-}")
    [ -z "${CC:-}" ] || how+=("CC=$CC")
    [ -n "${SAN:-}" ] || how+=("B=$B")
    env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -j"$(nproc)" "${how[@]}" "$@"
}

wants() {
    [[ " ${kinds[*]} " == *" $1 "* ]]
}

# A cluster is what nearly every test needs: where none starts, that is said once and nothing is run.
need_cluster() {
    tests/with_pg.sh true && return
    echo "0 passed, 1 failed"
    exit 1
}

# axe-core, for the browser tests. Where the registry is out of reach, they are one failure.
need_axe() {
    /usr/bin/python3 -B tests/browser/axe.py >"$results/browser-axe.out" 2>&1 && return
    echo 1 >"$results/browser-axe.status"
    kinds=("${kinds[@]/browser/}")
}

# One program of cmocka: its groups write XML files. A crash or a hang is a failure of its own, for
# then a file is missing or cut.
run_cmocka() {
    local program=$1 kind name status=0
    kind=$(basename "$(dirname "$program")")
    name=$(basename "$program")
    local run=(timeout -k 10 600)
    [ "$kind" != db ] || run+=(tests/with_pg.sh)
    CMOCKA_MESSAGE_OUTPUT=xml CMOCKA_XML_FILE="$results/$kind-$name-%g.xml" \
        "${run[@]}" "$program" >"$results/$kind-$name.out" 2>&1 || status=$?
    echo "$status" >"$results/$kind-$name.status"
}
export -f run_cmocka

# Those that take longest begin first.
programs() {
    local kind source
    for kind in db unit; do
        ! wants "$kind" || for source in "tests/$kind"/t_*.c; do echo "$B/${source%.c}"; done
    done | awk '{ print (/t_(approval|oplog|worker_smtp|correction)$/ ? 0 : 1), $0 }' | sort -s -k1,1 | cut -d' ' -f2
}

# pytest: one XML file; its own status says when not even one could be collected, 5 that none was asked for.
run_pytest() {
    local name=$1 status=0 folders=()
    ! wants e2e || folders+=(tests/e2e)
    ! wants browser || folders+=(tests/browser)
    [ ${#folders[@]} -gt 0 ] || return 0
    timeout -k 30 3600 /usr/bin/python3 -B -m pytest -q -p no:cacheprovider -c tests/pytest.ini --rootdir "$top" \
        --junitxml "$results/$name-pytest.xml" "${@:2}" "${folders[@]}" || status=$?
    [ "$status" = 5 ] || echo "$status" >"$results/$name-pytest.status"
}

deploy/deps.sh build run test
build all
build tests
need_cluster
! wants browser || need_axe
programs | xargs -r -P 2 -I{} bash -c 'run_cmocka {}' &
run_pytest many -n "$jobs" --dist loadfile -m "not alone"
wait
run_pytest alone -m alone
/usr/bin/python3 -B tests/harness/count.py "$results"
