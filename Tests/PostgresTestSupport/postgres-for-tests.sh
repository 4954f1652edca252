#!/bin/sh
# A throw-away PostgreSQL that lives as long as this script's stdin: however the test process ends, nothing is left.
#
#   postgres-for-tests.sh [--tls | --standby-of PORT] [postgres arguments, as in -c fsync=on]
#
# --standby-of copies a running server of this machine, and follows it until it is promoted.
# --tls makes a certificate for 127.0.0.1 and localhost, FOLDER/server.crt, its own authority.
# Prints "ready PORT FOLDER", then obeys lines on stdin, each answered by "ready" or "stopped":
#   stop smart|fast|immediate     start     restart fast|immediate
# PG_BIN names the folder of the server's programs, if not the newest of Debian's or PATH's.
set -eu
trap '' INT HUP TERM PIPE

bin=${PG_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)}
bin=${bin:-$(dirname "$(command -v postgres)")}
folder=$(mktemp -d "${TMPDIR:-/tmp}/scenesync-postgres.XXXXXX")
server=

# PostgreSQL refuses to be root. Where setpriv can, the server also dies with this script, should that be killed.
as_server() {
    if [ "$(id -u)" = 0 ]; then
        exec setpriv --reuid=postgres --regid=postgres --clear-groups --pdeathsig=QUIT -- "$@"
    elif setpriv --pdeathsig=QUIT -- true 2>/dev/null; then
        exec setpriv --pdeathsig=QUIT -- "$@"
    else
        exec "$@"
    fi
}

remove() {
    stop immediate
    rm -rf "$folder"
}
trap remove EXIT

fail() {
    cat "$folder/log" >&2
    exit 1
}

# Returns 1 when the server ended before it was ready, as it does when the port is taken.
start() {
    (as_server "$bin/postgres" -D "$folder/data" -p "$port" -k "$folder" "$@") </dev/null >>"$folder/log" 2>&1 &
    server=$!
    until "$bin/pg_isready" -q -h "$folder" -p "$port"; do
        kill -0 "$server" 2>/dev/null || { server= && return 1; }
        sleep 0.02
    done
}

stop() {
    [ -n "$server" ] || return 0
    case $1 in
        smart) signal=TERM ;;
        fast) signal=INT ;;
        *) signal=QUIT ;;
    esac
    kill -"$signal" "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
}

cd /
[ "$(id -u)" != 0 ] || chown postgres: "$folder"
chmod 755 "$folder"
if [ "${1:-}" = --standby-of ]; then
    (as_server "$bin/pg_basebackup" -h 127.0.0.1 -p "$2" -U postgres -D "$folder/data" -R -X stream \
        --checkpoint=fast --no-sync) </dev/null >"$folder/log" 2>&1 || fail
    shift 2
else
    (as_server "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync) \
        </dev/null >"$folder/log" 2>&1 || fail
    cat >>"$folder/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
max_connections = 1000
fsync = off
full_page_writes = off
max_wal_size = 4GB
logging_collector = off
log_min_messages = log
CONF
fi

if [ "${1:-}" = --tls ]; then
    shift
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
        -keyout "$folder/server.key" -out "$folder/server.crt" >>"$folder/log" 2>&1 || fail
    chmod 600 "$folder/server.key"
    [ "$(id -u)" != 0 ] || chown postgres: "$folder/server.key"
    cat >>"$folder/data/postgresql.conf" <<CONF
ssl = on
ssl_cert_file = '$folder/server.crt'
ssl_key_file = '$folder/server.key'
CONF
fi

tries=0
port=$((20000 + $$ % 10000))
until start "$@"; do
    tries=$((tries + 1))
    [ $tries -lt 20 ] || fail
    port=$((20000 + (port + 617) % 10000))
done
echo "ready $port $folder"

while read -r command mode; do
    case $command in
        stop) stop "$mode" && echo stopped ;;
        start) start "$@" && echo ready || fail ;;
        restart) stop "$mode" && start "$@" && echo ready || fail ;;
    esac
done
