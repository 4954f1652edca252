#!/bin/sh
# Makes the Python environment of the tests, .venv, unless it is there and up to date.
set -eu
cd "$(dirname "$0")/.."

wanted=$(cksum <Tests/requirements.txt)
[ "$(cat .venv/requirements.cksum 2>/dev/null)" != "$wanted" ] || exit 0

echo "making .venv for the tests"
python3 -m venv .venv
.venv/bin/pip install --quiet --requirement Tests/requirements.txt
echo "$wanted" >.venv/requirements.cksum
