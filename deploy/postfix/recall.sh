#!/bin/bash
# Takes back what Postfix still has in its queue of alerts that were stopped or whose validity is over.
# Runs as long as Postfix does (kairan-recall.service), as root, for postsuper asks for that.
#   recall.sh [--postfix FOLDER] [--config FILE] [--user USER]      as setup.sh
# Kairan hears of a stop from the database at once; a mail that is just being delivered cannot be taken
# back. Queue ids of other relays are tried in vain, which costs microseconds.
set -euo pipefail
postfix=/etc/postfix
config=/etc/kairan/kairan.conf
user=kairan
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

as_user=()
[ "$(id -un)" = "$user" ] || as_user=(runuser -u "$user" --)
set -m # the pipe is a process group, so that it ends with us
trap 'kill %1' TERM INT
"${as_user[@]}" "${KAIRAN:-kairan}" --config "$config" queue-ids --follow | postsuper -c "$postfix" -d - &
wait %1
