#!/bin/sh
# Installs .build/dist/*.deb on a clean Debian with libpq5 alone, runs it there against a PostgreSQL of this machine,
# and purges it. Needs root. The clean system is made once and kept, as .build/debian-DISTRIBUTION.tar.
set -eu
cd "$(dirname "$0")/.."

distribution=${DISTRIBUTION:-bookworm}
package=$(ls "$PWD"/.build/dist/scenesync_*.deb)
kept=$PWD/.build/debian-$distribution.tar
folder=$(mktemp -d /tmp/scenesync-dist.XXXXXX)
root=$folder/root
project=11111111-1111-4111-8111-111111111111

server=
daemon=
finish() {
    [ -z "$daemon" ] || kill -KILL "$(daemon_pid)" 2>/dev/null || true
    exec 9>&-
    [ -z "$server" ] || wait "$server" || true
    rm -rf --one-file-system "$folder"
}
trap finish EXIT

# It is the first of a namespace of processes: what tells it from others is where its files are.
daemon_pid() {
    for process in /proc/[0-9]*; do
        [ "$(cat "$process/comm" 2>/dev/null)" = scenesync ] || continue
        [ "$(stat -Lc %d:%i "$process/root")" != "$(stat -c %d:%i "$root")" ] || basename "$process"
    done
}

say() { echo "dist-test: $*"; }
die() { say "FAILED: $*" >&2 && exit 1; }

if [ ! -e "$kept" ]; then
    say "making a clean $distribution"
    debootstrap --variant=minbase --include=libpq5 "$distribution" "$root" >"$folder/log" 2>&1 || { tail "$folder/log" && exit 1; }
    tar -C "$root" -cf "$kept.part" . && mv "$kept.part" "$kept"
    rm -rf "$root"
fi
mkdir "$root"
tar -C "$root" -xf "$kept"

# A namespace of its own: what is mounted there is gone with it, and what runs there, too.
inside() {
    # shellcheck disable=SC2016
    unshare --mount --pid --fork --kill-child -- sh -c '
        mount --make-rprivate / && mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$@"
    ' "$root" "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

say "a PostgreSQL with the app's tables"
mkfifo "$folder/commands" "$folder/answers"
Tests/PostgresTestSupport/postgres-for-tests.sh <"$folder/commands" >"$folder/answers" &
server=$!
exec 9>"$folder/commands"
read -r ready port _ <"$folder/answers"
[ "$ready" = ready ] || die "no PostgreSQL"
psql -qX -h 127.0.0.1 -p "$port" -U postgres -v ON_ERROR_STOP=1 postgres <<SQL
CREATE TABLE content_creation_requests (id uuid PRIMARY KEY, generated_output jsonb);
INSERT INTO content_creation_requests VALUES ('$project', '{"scenes": [{"index": 1}]}');
SQL

say "install"
cp "$package" "$root/tmp/scenesync.deb"
inside dpkg -i /tmp/scenesync.deb >"$folder/log" 2>&1 || { cat "$folder/log" && die "dpkg -i"; }
rm "$root/tmp/scenesync.deb"
inside scenesync --version | grep -qx "$(echo "$package" | sed 's/.*scenesync_\(.*\)_.*/\1/')" || die "--version"
[ "$(inside stat -c '%U:%G %a' /etc/scenesync/scenesync.env)" = "root:scenesync 640" ] || die "rights of the settings"
inside getent passwd scenesync | grep -q nologin || die "the user may log in"

say "migrate, serve, read"
inside scenesync migrate --daemon-role scenesync --database-url "host=127.0.0.1 port=$port user=postgres dbname=postgres" \
    >"$folder/log" 2>&1 || { cat "$folder/log" && die "migrate"; }
listen=127.0.0.1:$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
sed -i -e "s|^SCENESYNC_DATABASE_URL=.*|SCENESYNC_DATABASE_URL='host=127.0.0.1 port=$port user=scenesync dbname=postgres'|" \
    -e "s|^SCENESYNC_LISTEN=.*|SCENESYNC_LISTEN=$listen|" "$root/etc/scenesync/scenesync.env"
as_service='set -a && . /etc/scenesync/scenesync.env && exec'
inside setpriv --reuid=scenesync --regid=scenesync --init-groups --no-new-privs sh -c "$as_service scenesync serve" \
    >"$folder/log" 2>&1 &
daemon=$!
tries=0
until inside setpriv --reuid=scenesync --regid=scenesync --init-groups sh -c "$as_service scenesync health" >"$folder/health" 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { cat "$folder/log" "$folder/health" && die "not ready"; }
    sleep 0.1
done
curl -fsS "http://$listen/v1/projects/$project" | grep -q '"imageUrls": \[\]' || die "read"

say "stop"
kill -TERM "$(daemon_pid)"
wait "$daemon" || die "it ended with $?"
daemon=
grep -q stopped "$folder/log" || { cat "$folder/log" && die "it did not end in order"; }

say "purge"
inside dpkg --purge scenesync >"$folder/log" 2>&1 || { cat "$folder/log" && die "purge"; }
inside getent passwd scenesync && die "the user is left"
left=$(find "$root" -xdev -path "$root/proc" -prune -o -path "$root/dev" -prune -o -name '*scenesync*' -print)
[ -z "$left" ] || die "left behind: $left"
say "passed"
