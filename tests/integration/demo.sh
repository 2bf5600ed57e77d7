#!/usr/bin/env bash
# demo.sh root|user [ARG...]: the whole demonstration, as root or as a user that exists for this run only. `user` needs root to
# become that user; it works on a copy, since the tree may lie where others cannot read. Exit code 77: skipped.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

readonly NOBODY_YET=61234
who=$1
shift
if [ "$(id -u)" -ne 0 ]; then
    printf 'skipped: needs root\n'
    exit 77
fi
if [ "$who" = root ]; then
    exec examples/demo/run "$@"
fi
home=$(mktemp -d /tmp/redan-user.XXXXXX)
trap 'rm -rf "$home"' EXIT
cache=$(examples/demo/fetch.sh)
mkdir -p "$home/build/cache" "$home/contrib"
cp -r "${REDAN_BIN:-build/bin}" "$home/build/bin"
cp -r "${cache%/root}"/. "$home/build/cache/"
cp -r examples rules "$home/"
cp contrib/packages.txt "$home/contrib/"
chown -R "$NOBODY_YET:$NOBODY_YET" "$home"
cd "$home"
setpriv --reuid "$NOBODY_YET" --regid "$NOBODY_YET" --clear-groups --bounding-set -all --no-new-privs -- \
    env -i PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME="$home" TERM=dumb examples/demo/run "$@"
