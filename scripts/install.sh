#!/bin/sh
# Installs the Debian packages that are missing: install.sh build|test|bench|dist
#
# A package counts as missing if the program or file that it is wanted for is not there, however it came.
set -eu

missing=
want() { # PACKAGE, then a command that succeeds where it is not needed
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}

want libpq-dev test -e /usr/include/postgresql/libpq-fe.h
want zlib1g-dev test -e /usr/include/zlib.h
want pkg-config command -v pkg-config
want postgresql sh -c 'ls /usr/lib/postgresql/*/bin/postgres'
if [ "$1" = test ]; then
    want chromium command -v chromium
    want nodejs command -v node
    want npm command -v npm
    want node-typescript command -v tsc
    want node-react test -e /usr/share/nodejs/react/index.js
    want node-react-dom test -e /usr/share/nodejs/react-dom/server.js
    want python3-venv python3 -c 'import ensurepip, venv'
    want curl command -v curl
    want pgbouncer sh -c 'command -v pgbouncer || ls /usr/sbin/pgbouncer'
    want prometheus command -v promtool
    want nginx-core sh -c 'command -v nginx || ls /usr/sbin/nginx'
    want caddy command -v caddy
    want systemd command -v systemd-analyze
    want iproute2 sh -c 'command -v ip || ls /usr/sbin/ip'
fi
if [ "$1" = dist ]; then
    want dpkg-dev command -v dpkg-shlibdeps
    want chrpath command -v chrpath
    want debootstrap sh -c 'command -v debootstrap || ls /usr/sbin/debootstrap'
    want lintian command -v lintian
    want curl command -v curl
fi
if [ "$1" = bench ]; then
    want wrk command -v wrk
    want nginx-core sh -c 'command -v nginx || ls /usr/sbin/nginx'
    want libnginx-mod-nchan test -e /usr/lib/nginx/modules/ngx_nchan_module.so
fi
[ -n "$missing" ] || exit 0

echo "installing Debian packages:$missing"
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
# Their services would start at once, and again with the machine: tests and benchmarks start their own, and of
# Prometheus only a tool is wanted.
services=
for package in caddy nginx-core pgbouncer prometheus; do
    case $missing in *$package*) services="$services ${package%-core}" ;; esac
done
if [ -n "$services" ]; then
    policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null
        $sudo chmod 755 $policy
        trap '$sudo rm -f $policy' EXIT
    fi
fi
# shellcheck disable=SC2086
$sudo apt-get install -y -qq --no-install-recommends $missing
for service in $services; do
    # systemctl knows both kinds of service, units and scripts, also where systemd does not run.
    if command -v systemctl >/dev/null; then
        $sudo systemctl --quiet disable "$service"
    else
        $sudo update-rc.d "$service" disable >/dev/null
    fi
    ! pidof "$service" >/dev/null || $sudo service "$service" stop
done
