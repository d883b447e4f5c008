#!/bin/bash
# Installs the Debian packages of the named sections of packages.txt that are missing.
#   deploy/deps.sh build run        as root, or through sudo; DEPS=no only names what is missing
# Exit status: 0 all there, 1 something is missing and was not installed, 2 wrong use.
set -euo pipefail
list=$(dirname "$(readlink -f "$0")")/packages.txt

# Packages of the sections given, one a line.
wanted() {
    awk -v want=" $* " '
        /^# / { on = index(want, " " substr($0, 3) " ") }
        /^[a-z0-9]/ && on { print $1 }' "$list"
}

# Those of "$@" that no installed package is or provides (another vendor's nodejs brings npm).
missing() {
    local have
    have=$(dpkg-query -W -f='${db:Status-Status} ${Package}, ${Provides}\n' |
        sed -n 's/^installed //p' | sed 's/([^)]*)//g' | tr -s ', ' '\n')
    printf '%s\n' "$@" | grep -vxF -e "${have:-/}" || true
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -- "$@"
    else
        echo "deps: these need root, and there is no sudo here. As root: apt-get install ${need[*]}" >&2
        exit 1
    fi
}

# A package's own service is not wanted: the demo and the tests bring clusters and relays of their
# own, and a port of this machine must not be taken because somebody tried Kairan.
quiet_services() {
    case " ${need[*]} " in *" postgresql-15 "*)
        as_root mkdir -p /etc/postgresql-common/createcluster.d
        echo "create_main_cluster = false" | as_root tee "$no_cluster" >/dev/null ;;
    esac
    case " ${need[*]} " in *" postfix "*)
        echo 'postfix postfix/main_mailer_type select No configuration' |
            as_root debconf-set-selections ;;
    esac
}

install_them() {
    no_cluster=/etc/postgresql-common/createcluster.d/kairan-deps.conf
    quiet_services
    local apt=(env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -q -y
        -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3)
    as_root "${apt[@]}" update || echo "deps: apt-get update failed, going on with what is known" >&2
    local status=0
    as_root "${apt[@]}" install --no-install-recommends "${need[@]}" </dev/null || status=$?
    [ ! -e "$no_cluster" ] || as_root rm -f "$no_cluster"
    return "$status"
}

[ $# -gt 0 ] || { echo "usage: deps.sh SECTION..." >&2; exit 2; }
command -v dpkg-query >/dev/null || { echo "deps: this needs Debian 12 (no dpkg here)" >&2; exit 1; }
mapfile -t all < <(wanted "$@")
[ ${#all[@]} -gt 0 ] || { echo "deps: packages.txt has no section $*" >&2; exit 2; }
mapfile -t need < <(missing "${all[@]}")
[ ${#need[@]} -gt 0 ] || exit 0
echo "deps: missing: ${need[*]}"
if [ "${DEPS:-yes}" = no ]; then
    echo "deps: DEPS=no, so nothing is installed; apt-get install ${need[*]}" >&2
    exit 1
fi
install_them >&2
mapfile -t need < <(missing "${all[@]}")
[ ${#need[@]} -eq 0 ] || { echo "deps: still missing: ${need[*]}" >&2; exit 1; }
