#!/bin/sh
# All tests of the JavaScript client, its React hook and the Next.js example. --list names the Debian packages they want.
set -eu
cd "$(dirname "$0")/../.."

# PACKAGE, then a file or program of it. npm comes with other packages of Node.
packages='
nodejs          node
npm             npm
node-typescript tsc
node-react      /usr/share/nodejs/react/index.js
node-react-dom  /usr/share/nodejs/react-dom/server.js
chromium        chromium
python3-venv    python3
postgresql      psql
'

if [ "${1:-}" = --list ]; then
    echo "$packages" | awk 'NF { print $1 }'
    exit
fi

missing=$(echo "$packages" | while read -r package wanted; do
    [ -z "$package" ] || command -v "$wanted" >/dev/null || [ -e "$wanted" ] || echo "$package"
done)
if [ -n "$missing" ]; then
    echo "missing Debian packages:" $missing >&2
    exit 1
fi
export SCENESYNC_BINARY="${SCENESYNC_BINARY:-$PWD/.build/debug/scenesync}"
if [ ! -x "$SCENESYNC_BINARY" ]; then
    echo "no daemon at $SCENESYNC_BINARY: build it, or name it in SCENESYNC_BINARY" >&2
    exit 1
fi
scripts/python-environment.sh
# One after the other: two browsers at a time only make each other wait.
for file in clients/js/test/*.test.mjs examples/nextjs/test/*.test.mjs Tests/Browser/client.test.mjs Tests/Browser/react.test.mjs; do
    node --test --test-reporter=spec "$file"
done
