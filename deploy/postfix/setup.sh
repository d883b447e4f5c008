#!/bin/bash
# Sets up a Postfix for Kairan, as root: the settings of main.cf beside this file, those that follow
# from Kairan's own, and a transport of its own for each lane. Run it again whenever lanes, domain or
# validities change in kairan.conf; it changes nothing else.
#   setup.sh [--postfix FOLDER] [--config FILE] [--user USER]
# FOLDER is Postfix's (/etc/postfix), FILE Kairan's settings, USER whom `kairan` runs as (kairan).
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
postfix=/etc/postfix
config=/etc/kairan/kairan.conf
user=kairan
# Processes of a lane's transport, and of them to one domain: a slow lane keeps none of the others'.
lane_processes=50
lane_concurrency=20
# Connections that Kairan's senders may open at once (senders times relay_connections), and some more.
smtpd_processes=200

while [ $# -gt 1 ]; do
    case $1 in
    --postfix) postfix=$2 ;;
    --config) config=$2 ;;
    --user) user=$2 ;;
    *) break ;;
    esac
    shift 2
done
[ $# -eq 0 ] || { sed -n '2,6s/^# *//p' "$0" >&2; exit 2; }

kairan() {
    if [ "$(id -un)" = "$user" ]; then
        "${KAIRAN:-kairan}" --config "$config" "$@"
    else
        runuser -u "$user" -- "${KAIRAN:-kairan}" --config "$config" "$@"
    fi
}

# All or nothing: what cannot be had stops us before anything is changed.
main=$(grep -v '^#' "$here/main.cf" | grep .; kairan postfix main)
transport=$(kairan postfix transport)
mapfile -t lanes < <(sed -n 's/.* \(kairan-[a-z0-9_-]*\):$/\1/p' <<<"$transport" | sort -u)

printf '%s\n' "$transport" >"$postfix/kairan-transport.new"
chmod 644 "$postfix/kairan-transport.new"
mv "$postfix/kairan-transport.new" "$postfix/kairan-transport"

mapfile -t settings <<<"$main"
postconf -c "$postfix" -e "${settings[@]}"
postconf -c "$postfix" -F "smtp/inet/process_limit=$smtpd_processes"

# Transports of lanes that are no more go; their mail has been moved by the table above.
postconf -c "$postfix" -M | awk '$1 ~ /^kairan-/ { print $1 }' | while read -r old; do
    printf '%s\n' "${lanes[@]}" | grep -qxF -- "$old" || postconf -c "$postfix" -MX "$old/unix"
done
for lane in "${lanes[@]}"; do
    postconf -c "$postfix" -M "$lane/unix=$lane unix - - y - $lane_processes smtp -o syslog_name=postfix/\$service_name"
    postconf -c "$postfix" -e "${lane}_destination_concurrency_limit=$lane_concurrency"
done

postfix -c "$postfix" check
if postfix -c "$postfix" status 2>/dev/null; then
    postfix -c "$postfix" reload
fi
