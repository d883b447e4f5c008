# Where the demo and the tests keep their things, and as whom they run. Sourced, not run.
#
# PostgreSQL refuses root, and so do we: as root everything runs as the system user kairan-demo.
# A checkout that user cannot enter (under /root, mode 0700) has its `var` under /var/lib instead.
# Sets: top (the checkout), user (who runs things), var (their folder).
# shellcheck shell=bash

top=$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/..")
user=$(id -un)
var=$top/var
as=() # what a command line begins with to run as $user

place_die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# Runs a command as the unprivileged user.
as_user() {
    "${as[@]}" "$@"
}

place_user() {
    [ "$(id -u)" = 0 ] || return 0
    user=kairan-demo
    getent passwd "$user" >/dev/null ||
        useradd --system --user-group --no-create-home --home-dir /nonexistent \
            --shell /usr/sbin/nologin "$user"
    as=(setpriv --reuid="$user" --regid="$user" --init-groups --inh-caps=-all --
        env HOME=/nonexistent "LOGNAME=$user" "USER=$user")
}

# Short and the same for the same checkout.
place_hash() {
    printf '%s' "$top" | sha256sum | cut -c1-12
}

# Makes `var` where the user can reach it.
place_var() {
    place_user
    if as_user test -x "$top"; then
        [ -d "$var" ] || mkdir "$var" 2>/dev/null ||
            place_die "$user may make no folder in $top: run this as $(stat -c %U "$top"), or in a checkout of your own"
    else
        [ ! -d "$var" ] || [ -L "$var" ] || rmdir "$var" 2>/dev/null ||
            place_die "$user cannot enter $top, and $var is a folder with things in it: move it away"
        mkdir -p "/var/lib/kairan-demo-$(place_hash)"
        ln -sfn "/var/lib/kairan-demo-$(place_hash)" "$var"
    fi
    var=$(readlink -f "$var")
    [ "$(id -u)" != 0 ] || chown "$user:" "$var"
}

# A folder for a cluster's socket: DIR/socket, or a short one in /tmp when the path to the socket
# would not fit into sockaddr_un (108 bytes with the NUL). Prints it.
place_socket() {
    local dir=$1/socket
    if [ "$(printf '%s/.s.PGSQL.5432' "$dir" | wc -c)" -gt 107 ]; then
        dir=/tmp/kairan-$(printf '%s' "$1" | sha256sum | cut -c1-12)
    fi
    as_user mkdir -m 700 "$dir" 2>/dev/null || true
    # Somebody else may have been there first: then peer authentication would meet their server.
    if [ ! -d "$dir" ] || [ -L "$dir" ] || [ "$(stat -c %U "$dir")" != "$user" ]; then
        place_die "$dir is not a folder of $user's: remove it"
    fi
    chmod 700 "$dir"
    printf '%s' "$dir"
}
