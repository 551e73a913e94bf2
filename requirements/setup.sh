#!/bin/sh
# Builds or refreshes the private environment that every make target uses.
set -eu
venv=$1

"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
  echo "tthc needs Python 3.11 or newer; '$PYTHON' is not. Install it, or name one: make setup PYTHON=python3.12" >&2
  exit 1
}
"$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || {
  version=$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  echo "This Python cannot make virtual environments: install the package python$version-venv, then run make again." >&2
  exit 1
}
if ! "$venv/bin/python" -c '' 2>/dev/null; then
  rm -rf "$venv"
  "$PYTHON" -m venv "$venv"
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
# UV_DEFAULT_INDEX and friends are left to the machine: the lock names no host.
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --require-hashes -r requirements/dev.txt
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation --editable .
