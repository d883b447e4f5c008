# A private PostgreSQL 15: unix socket only, peer authentication, run by $user. Sourced after
# place.sh. Whoever runs the script and $user may act as every role of Kairan; nobody else may enter.
# shellcheck shell=bash disable=SC2154

pg_bin=/usr/lib/postgresql/15/bin
pg_roles="kairan_owner kairan_public kairan_staff kairan_sender kairan_intake kairan_house"

# pg_ident lines: OS user to role.
cluster_ident() {
    local who role
    for who in $(printf '%s\n' "$user" "$(id -un)" | sort -u); do
        for role in $pg_roles "$user"; do
            printf 'kairan "%s" "%s"\n' "$who" "$role"
        done
    done
}

# Settings of a cluster whose socket is in SOCKET; more lines follow as arguments.
cluster_settings() {
    printf "%s\n" "listen_addresses = ''" "unix_socket_directories = '$1'" \
        "unix_socket_permissions = 0700" "timezone = 'Asia/Tokyo'" "log_timezone = 'Asia/Tokyo'" \
        "max_connections = 150" "shared_buffers = '128MB'" "log_line_prefix = '%m [%p] %q%u@%d '" \
        "${@:2}"
}

# Makes the folder DATA beside the target and moves it there, so that a half-made one never stays.
cluster_make() {
    local data=$1
    as_user rm -rf "$data.new"
    as_user env LC_ALL=C.UTF-8 "$pg_bin/initdb" -D "$data.new" -U "$user" -E UTF8 --locale=C.UTF-8 \
        -A peer --no-sync --no-instructions >/dev/null
    echo 'local all all peer map=kairan' | as_user tee "$data.new/pg_hba.conf" >/dev/null
    echo "include 'kairan.conf'" | as_user tee -a "$data.new/postgresql.conf" >/dev/null
    as_user mv "$data.new" "$data"
}

# Starts the cluster in DATA (made when it is not there) with its socket in SOCKET, and brings its
# roles up to date. Settings beyond ours as further arguments.
cluster_start() {
    local data=$1 socket=$2
    cd "$(dirname "$data")" || return
    [ -s "$data/PG_VERSION" ] || as_user test -s "$data/PG_VERSION" || cluster_make "$data"
    cluster_ident | as_user tee "$data/pg_ident.conf" >/dev/null
    cluster_settings "$socket" "${@:3}" | as_user tee "$data/kairan.conf" >/dev/null
    if ! as_user "$pg_bin/pg_ctl" -D "$data" status >/dev/null; then
        as_user env LC_ALL=C.UTF-8 "$pg_bin/pg_ctl" -D "$data" -w -t 120 -s -l "$data.log" start 9>&- ||
            place_die "PostgreSQL does not start: see $data.log"
    fi
    psql -X -q -v ON_ERROR_STOP=1 -h "$socket" -U "$user" -d postgres -f "$top/deploy/roles.sql"
}

# Stops it in the given mode (smart, fast, immediate); fine when it is not running.
cluster_stop() {
    as_user "$pg_bin/pg_ctl" -D "$1" -m "${2:-fast}" -w -t 60 -s stop 2>/dev/null || true
}
