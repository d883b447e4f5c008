# Clusters that are copied, not made: with our roles and schema, and with the demo town where that is asked for.
# Sourced after cluster.sh. A template belongs to a build and is made anew when what makes it has changed.
# shellcheck shell=bash disable=SC2154

residents=$top/tests/data/residents-20k.csv

# What a template is made from. The day, too: posts and partitions begin with it.
template_key() {
    {
        "$pg_bin/postgres" --version
        TZ=Asia/Tokyo date +%F
        env | grep '^KAIRAN_' | grep -v '^KAIRAN_DATABASE=' | sort
        find "$top"/deploy/{place,cluster}.sh "$top/deploy/roles.sql" "$top/tests" "$top/migrations" "$top/core" \
            -maxdepth 3 '(' -name '*.sh' -o -name '*.sql' ')' -print0 | sort -z | xargs -0 cat
        cat "$residents" "$kairan" 2>/dev/null || true
    } | sha256sum
}

template_fits() {
    [ "$(cat "$1.key" 2>/dev/null)" = "$(template_key)" ]
}

# The schema, and the town: none, staff, or residents as well. The sheet with the passwords becomes $1.
template_fill() {
    [ -x "$kairan" ] || return 0
    "$kairan" migrate --dir "$(dirname "$kairan")/web"
    case $TOWN in
    staff) KAIRAN_DKIM_DIR='' "$kairan" demo --staff-file "$1" ;;
    residents) KAIRAN_DKIM_DIR='' "$kairan" demo --staff-file "$1" --residents "$residents" ;;
    esac
}

# Makes one in the folder $1 and puts it, stopped, where $2 says. It does not remember its socket: that is gone.
template_make() {
    rm -f "$2.key"
    cluster_start "$1/data" "$PGHOST" "${fast[@]}"
    template_fill "$2.staff"
    cluster_stop "$1/data"
    as_user rm -rf "$2" "$1/data/kairan.conf"
    as_user mv "$1/data" "$2"
    template_key >"$2.key"
}

# Puts a copy into the folder $1: data, and with a town its staff.txt. Who finds none that fits makes it; others wait.
template_copy() {
    local kept
    kept=$var/test/template.$(printf '%s' "${B:-build}" | tr -c 'a-zA-Z0-9' -).$TOWN
    exec 8>"$kept.lock"
    flock -s 8
    if ! template_fits "$kept"; then
        flock 8
        if ! template_fits "$kept"; then template_make "$1" "$kept" >/dev/null; fi
    fi
    as_user cp -a "$kept" "$1/data"
    [ "$TOWN" = none ] || cp "$kept.staff" "$1/staff.txt"
    exec 8>&-
}
