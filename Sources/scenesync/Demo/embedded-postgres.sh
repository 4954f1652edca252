# A PostgreSQL in a folder of the project, for as long as this script's stdin is open.
#
#   sh -c "$(cat embedded-postgres.sh)" embedded-postgres FOLDER
#
# Prints "ready SOCKET-FOLDER" or "failed REASON". PG_BIN names the folder of the server's programs, if not the newest
# of Debian's or PATH's.
set -eu
trap '' INT HUP TERM PIPE

bin=${PG_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)}
[ -n "$bin" ] || bin=$(dirname "$(command -v postgres || true)")
[ -x "$bin/postgres" ] || { echo "failed PostgreSQL's server programs are not installed: apt-get install postgresql"; exit 1; }

mkdir -p "$1"
folder=$(cd "$1" && pwd)

# PostgreSQL refuses to be root, and its own user may not be let into the folder, as under /root.
as_server() {
    if [ "$(id -u)" = 0 ]; then
        exec setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"
    else
        exec "$@"
    fi
}
if [ "$(id -u)" = 0 ]; then
    chown postgres: "$folder"
    if ! (as_server test -w "$folder"); then
        folder=/var/tmp/scenesync-$(printf %s "$folder" | cksum | cut -d' ' -f1)
        mkdir -p "$folder"
        chown postgres: "$folder"
    fi
fi

# A socket's path is at most 107 bytes long.
sockets=$folder
[ ${#sockets} -le 90 ] || sockets=$(mktemp -d /tmp/scenesync.XXXXXX)
[ "$sockets" = "$folder" ] || [ "$(id -u)" != 0 ] || chown postgres: "$sockets"

cd /
if [ ! -d "$folder/data" ]; then
    rm -rf "$folder/data.new"
    (as_server "$bin/initdb" -D "$folder/data.new" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-instructions) \
        </dev/null >"$folder/log" 2>&1 || { echo "failed initdb: $(tail -n 1 "$folder/log")"; exit 1; }
    mv "$folder/data.new" "$folder/data"
fi

serve() {
    as_server "$bin/postgres" -D "$folder/data" -k "$sockets" -c listen_addresses= -c max_connections=100 \
        </dev/null >>"$folder/log" 2>&1
}
: >"$folder/log"
(serve) &
server=$!
until "$bin/pg_isready" -q -h "$sockets"; do
    kill -0 "$server" 2>/dev/null || { echo "failed $(grep -m 1 -E 'FATAL|HINT' "$folder/log")"; exit 1; }
    sleep 0.05
done
echo "ready $sockets"

# A server that has given up, as it does when its disk is full while it recovers, is started again.
(while sleep 1; do [ -e "$folder/data/postmaster.pid" ] || (serve) || true; done) &
watch=$!

cat >/dev/null
kill -KILL "$watch"
pid=$(head -n 1 "$folder/data/postmaster.pid" 2>/dev/null || true)
[ -z "$pid" ] || kill -INT "$pid" 2>/dev/null || true
[ "$pid" != "$server" ] || wait "$server" 2>/dev/null || true
tries=0
while [ -e "$folder/data/postmaster.pid" ] && [ $tries -lt 200 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
[ "$sockets" = "$folder" ] || rm -rf "$sockets"
