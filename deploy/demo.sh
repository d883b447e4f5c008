#!/bin/bash
# The demo town: `make run` starts all of it and stays in the foreground, `make clean-demo` forgets
# it. Installs what is missing (DEPS=no: only names it), builds, starts a private PostgreSQL in
# var/, migrates, makes the town once, starts server, workers and inbox. Ctrl-C stops all, data stay.
set -euo pipefail
# shellcheck source=deploy/place.sh
. "$(dirname "$0")/place.sh"
# shellcheck source=deploy/cluster.sh
. "$top/deploy/cluster.sh"

# In the order in which they stop: no new acts, then no new mail, then its inbox, then the records.
names=(staff public worker inbox)
declare -A pids=()

# make without the flags of the make that called us: its job slots are not ours.
build() {
    env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C "$top" -s -j"$(nproc)" "$@"
}

# What runs is an installed tree in var/app: the checkout may be closed to $user, and a build while
# the demo runs changes nothing under its feet.
install_app() {
    app=$var/app
    build install prefix="$app" >/dev/null
    install -m 755 "$top/build/kairan-inbox" "$app/bin"
    install -D -m 644 "$top/tests/data/residents-20k.csv" "$app/share/kairan/demo/residents.csv"
    chmod -R a+rX "$app"
}

# A setting as the programs will see it: the environment, else the file.
setting() {
    local variable=KAIRAN_${1^^}
    printf '%s' "${!variable-$(sed -n "s/^$1 = //p" "$top/deploy/demo.conf")}"
}

write_settings() {
    export KAIRAN_STAFF_LISTEN=${KAIRAN_STAFF_LISTEN:-127.0.0.1:8080}
    export KAIRAN_PUBLIC_LISTEN=${KAIRAN_PUBLIC_LISTEN:-127.0.0.1:8081}
    export KAIRAN_STAFF_URL=${KAIRAN_STAFF_URL:-http://$KAIRAN_STAFF_LISTEN}
    export KAIRAN_PUBLIC_URL=${KAIRAN_PUBLIC_URL:-http://$KAIRAN_PUBLIC_LISTEN}
    inbox_smtp=${KAIRAN_INBOX_SMTP:-$(setting relays)}
    inbox_web=${KAIRAN_INBOX_WEB:-127.0.0.1:8025}
    unset KAIRAN_INBOX_SMTP KAIRAN_INBOX_WEB # ours alone: the programs refuse what is no setting of theirs
    export KAIRAN_RELAYS=${KAIRAN_RELAYS:-$inbox_smtp}
    config=$var/demo.conf
    {
        cat "$top/deploy/demo.conf"
        printf '\n%s\n' "database = host='$socket' dbname=kairan" "web_dir = $app/share/kairan" \
            "journal_dir = $var/journal" "dkim_dir = $var/dkim" "anchor_dir = $var/anchors" \
            "anchor_key_file = $var/anchor.key" "staff_listen = $KAIRAN_STAFF_LISTEN" \
            "public_listen = $KAIRAN_PUBLIC_LISTEN" "staff_url = $KAIRAN_STAFF_URL" \
            "public_url = $KAIRAN_PUBLIC_URL"
    } | as_user tee "$config" >/dev/null
}

answers() {
    (exec 3<>"/dev/tcp/${1%:*}/${1##*:}") 2>/dev/null
}

# Every port we are about to take, with the setting that moves it.
check_ports() {
    local row
    for row in "KAIRAN_STAFF_LISTEN $KAIRAN_STAFF_LISTEN" "KAIRAN_PUBLIC_LISTEN $KAIRAN_PUBLIC_LISTEN" \
        "KAIRAN_INBOX_SMTP $inbox_smtp" "KAIRAN_INBOX_WEB $inbox_web"; do
        ! answers "${row#* }" ||
            place_die "${row#* } is taken by another program. Choose another: ${row%% *}=127.0.0.1:PORT make run"
    done
}

kairan() {
    as_user "$app/bin/kairan" --config "$config" "$@"
}

make_town() {
    staff=$var/demo-staff.txt
    kairan demo --staff-file "$staff" \
        --residents "$app/share/kairan/demo/residents.csv"
}

# start NAME COMMAND...: in a session of its own, so that a Ctrl-C at the terminal reaches only us
# and we choose the order; it ends when we are killed.
start() {
    # shellcheck disable=SC2016  # for the inner bash
    setsid "${as[@]}" setpriv --pdeathsig TERM bash -c 'exec "$@" >>"$0" 2>&1 </dev/null' \
        "$var/log/$1.log" "${@:2}" &
    pids[$1]=$!
}

start_all() {
    local bin=$app/bin
    start inbox "$bin/kairan-inbox" --smtp "$inbox_smtp" --web "$inbox_web"
    start worker "$bin/kairan-worker" --config "$config"
    start staff "$bin/kairan-server" --config "$config" --face staff
    start public "$bin/kairan-server" --config "$config" --face public
}

# Waits till something answers at an address, or its process has ended.
wait_for() {
    local tries=0
    until answers "$2"; do
        kill -0 "${pids[$1]}" 2>/dev/null || place_die "$1 ended at once: $(tail -n 3 "$var/log/$1.log")"
        [ $((tries += 1)) -lt 300 ] || place_die "$1 does not answer at $2: see $var/log/$1.log"
        sleep 0.1
    done
}

stop_one() {
    local pid=$1 tries=0
    kill -TERM "$pid" 2>/dev/null || return 0
    while kill -0 "$pid" 2>/dev/null && [ $((tries += 1)) -lt 200 ]; do sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null || true
}

stop_all() {
    local name
    trap '' INT TERM
    [ ${#pids[@]} -eq 0 ] || echo "stopping"
    for name in "${names[@]}"; do
        [ -z "${pids[$name]:-}" ] || stop_one "${pids[$name]}"
    done
    cluster_stop "$var/pg/data"
}

say_hello() {
    cat <<END

  Kairan's demo town is running (Ctrl-C stops it, the data stay; make clean-demo forgets them).

    staff      $KAIRAN_STAFF_URL
    residents  $KAIRAN_PUBLIC_URL
    inbox      http://$inbox_web     what the residents' phones show
    logs       $var/log

END
    sed 's/^/    /' "$staff"
    echo
}

# Till the first of the programs ends (1), or somebody stops us (0).
stay() {
    local name
    wait -n "${pids[@]}" || true
    for name in "${names[@]}"; do
        kill -0 "${pids[$name]}" 2>/dev/null ||
            place_die "$name ended: $(tail -n 3 "$var/log/$name.log")"
    done
}

alone() {
    exec 9>"$var/demo.lock"
    flock -w 5 9 || place_die "the demo of this checkout is running already"
}

run() {
    "$top/deploy/deps.sh" build run
    build all
    place_var
    alone
    as_user mkdir -p "$var/pg" "$var/log"
    as_user mkdir -p -m 700 "$var/journal" "$var/dkim" "$var/anchors"
    install_app
    socket=$(place_socket "$var/pg")
    write_settings
    check_ports
    trap stop_all EXIT
    trap 'exit 0' INT TERM
    cluster_start "$var/pg/data" "$socket"
    kairan migrate
    [ -e "$var/anchor.key" ] || kairan anchor init
    make_town
    start_all
    wait_for inbox "$inbox_web"
    wait_for staff "$KAIRAN_STAFF_LISTEN"
    wait_for public "$KAIRAN_PUBLIC_LISTEN"
    say_hello
    stay
}

clean() {
    [ -e "$var" ] || return 0
    place_var
    alone
    cluster_stop "$var/pg/data"
    rm -rf "$(place_socket "$var/pg")"
    rm -rf "${var:?}"/{pg,app,log,journal,dkim,anchors,anchor.key,demo.conf,demo-staff.txt,demo.lock} "$var"/pg.log
    echo "the demo town is forgotten"
}

cd "$top"
case ${1:-run} in
run) run ;;
clean) clean ;;
*) echo "usage: demo.sh [run|clean]" >&2; exit 2 ;;
esac
