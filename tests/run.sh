#!/bin/bash
# `make test`: installs what tests need, builds, runs every test there is. The last line is
# "N passed, N failed"; the exit status is 0 only when something passed and nothing failed.
#   tests/run.sh              all kinds
#   tests/run.sh unit db      some of: unit db e2e browser
# B, SAN, CC choose the build, as in the Makefile.
set -euo pipefail
top=$(readlink -f "$(dirname "$0")/..")
cd "$top"
kinds=("$@")
[ ${#kinds[@]} -gt 0 ] || kinds=(unit db e2e browser)
export B=${B:-build}

# Where results are gathered; Postfix and clusters keep their own places under var/test.
results=$(mktemp -d "${TMPDIR:-/tmp}/kairan-results.XXXXXX")
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

# One program of cmocka: its groups write XML files. A crash or a hang is a failure of its own, for
# then a file is missing or cut.
run_cmocka() {
    local kind=$1 program=$2 name status=0
    name=$(basename "$program")
    local run=(timeout -k 10 600)
    [ "$kind" != db ] || run+=(tests/with_pg.sh)
    CMOCKA_MESSAGE_OUTPUT=xml CMOCKA_XML_FILE="$results/$kind-$name-%g.xml" \
        "${run[@]}" "$program" >"$results/$kind-$name.out" 2>&1 || status=$?
    echo "$status" >"$results/$kind-$name.status"
}

run_kind() {
    local source
    for source in "tests/$1"/t_*.c; do
        [ ! -e "$source" ] || run_cmocka "$1" "$B/${source%.c}"
    done
}

# pytest: one XML file; its own status says when not even one could be collected.
run_pytest() {
    local status=0
    [ -n "$(find "tests/$1" -name 'test_*.py' -print -quit 2>/dev/null)" ] || return 0
    timeout -k 30 3600 /usr/bin/python3 -B -m pytest -q -p no:cacheprovider -c tests/pytest.ini --rootdir "$top" \
        --junitxml "$results/$1-pytest.xml" "tests/$1" || status=$?
    echo "$status" >"$results/$1-pytest.status"
}

deploy/deps.sh build run test
build all
build tests
! wants unit || run_kind unit
! wants db || run_kind db
! wants e2e || run_pytest e2e
! wants browser || run_pytest browser
/usr/bin/python3 -B tests/harness/count.py "$results"
