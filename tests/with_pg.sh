#!/bin/bash
# Runs a command beside a throw-away PostgreSQL: roles made, migrated when $B/kairan (build
# by default) is there. Exports KAIRAN_DATABASE, PGHOST, PGDATABASE and PGUSER (a superuser, for the tests' own
# looks; the programs name their role). The cluster is always gone afterwards; the exit status is
# the command's.
#   tests/with_pg.sh build/tests/t_db
#   TOWN=staff tests/with_pg.sh …      with the demo town; its passwords are in $STAFF_SHEET
#   TOWN=residents tests/with_pg.sh …  with its residents, too
set -euo pipefail
# shellcheck source=deploy/place.sh
. "$(dirname "$0")/../deploy/place.sh"
# shellcheck source=deploy/cluster.sh
. "$top/deploy/cluster.sh"
# shellcheck source=tests/template.sh
. "$top/tests/template.sh"
[ $# -gt 0 ] || { echo "usage: with_pg.sh COMMAND..." >&2; exit 2; }

remove() {
    cluster_stop "$1/data" immediate
    as_user rm -rf "$(sed -n "s/^unix_socket_directories = '\(.*\)'/\1/p" "$1/data/kairan.conf" 2>/dev/null)" \
        "$1" || true
}

# Clusters whose with_pg.sh was killed and could not clear away.
sweep() {
    local old pid
    for old in "$var"/test/pg.*; do
        pid=$(basename "$old" | cut -d. -f2)
        [ ! -d "$old" ] || kill -0 "$pid" 2>/dev/null || remove "$old"
    done
}

# Where clusters may be made, or one sentence with the cure.
place_test() {
    place_var
    as_user mkdir -p "$var/test" 2>/dev/null || true
    as_user test -w "$var/test" || place_die "$var/test is not $user's to write in (it belongs to" \
        "$(stat -c %U "$var/test" 2>/dev/null || stat -c %U "$var")). Remove it: sudo rm -rf $var/test"
}

place_test
sweep
dir=$(as_user mktemp -d "$var/test/pg.$$.XXXXXX")
trap 'cd / && remove "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
PGHOST=$(place_socket "$dir")
export PGHOST PGDATABASE=kairan PGUSER=$user STAFF_SHEET=$dir/staff.txt
export KAIRAN_DATABASE="host='$PGHOST' dbname=kairan"
export KAIRAN_PROFILE=demo # production takes no cluster without fsync
export KAIRAN_USUAL_FROM=00:00 KAIRAN_USUAL_TO=00:00 # no test depends on the hour it runs at
# DURABLE=1: as a town runs it, for benchmarks.
fast=("fsync = off" "synchronous_commit = off" "full_page_writes = off")
[ -z "${DURABLE:-}" ] || fast=("max_wal_size = 4GB")
kairan=$(cd "$top" && realpath -m "${B:-build}/kairan")
TOWN=${TOWN:-none}
here=$PWD
template_copy "$dir"
cluster_start "$dir/data" "$PGHOST" "${fast[@]}" >/dev/null
cd "$here"
"$@"
