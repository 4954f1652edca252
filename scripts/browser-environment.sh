#!/bin/sh
# Makes the Python environment of the browser tests, .venv, unless it is there and up to date.
set -eu
cd "$(dirname "$0")/.."

wanted=$(cksum <Tests/Browser/requirements.txt)
[ "$(cat .venv/requirements.cksum 2>/dev/null)" != "$wanted" ] || exit 0

echo "making .venv for the browser tests"
python3 -m venv .venv
.venv/bin/pip install --quiet --requirement Tests/Browser/requirements.txt
echo "$wanted" >.venv/requirements.cksum
