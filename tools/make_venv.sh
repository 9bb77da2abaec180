#!/bin/sh
# Make the virtual environment .venv with the Python named in $1; Debian ships venv in a package of its own.
set -eu
python=${1:-}
if [ -z "$python" ]; then
    echo "SeatSync needs Python 3.11 or newer, and none was found. Install it (Debian: apt-get install python3)." >&2
    exit 1
fi
[ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1 && exit 0
rm -rf .venv
"$python" -m venv .venv >/dev/null 2>&1 && exit 0
rm -rf .venv
if command -v uv >/dev/null 2>&1; then
    uv venv --quiet --seed --python "$python" .venv && exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing python3-venv, which Debian keeps apart from Python." >&2
    apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
    "$python" -m venv .venv && exit 0
fi
echo "Python can't make a virtual environment here. Install its venv module (Debian: apt-get install python3-venv)." >&2
exit 1
