#!/usr/bin/env bash
# Writes requirements/run.txt and requirements/test.txt with hashes, for every
# platform we support. uv only produces the lists; pip installs them, because
# pip honours the mirror a network has set in pip.conf and uv does not.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$(scripts/find_python.sh)" -m venv "$work"
echo "lock: installing uv into a throw-away environment"
"$work/bin/pip" install --quiet uv

compile() {
  local target=$1
  shift
  echo "lock: resolving $target"
  "$work/bin/uv" pip compile pyproject.toml "$@" --output-file "$target" \
    --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
}

compile requirements/run.txt --extra pdf --group build
compile requirements/test.txt --extra pdf --group build --group dev --constraint requirements/run.txt

if grep -nE '://|file:|--(extra-)?index-url|--find-links' requirements/*.txt; then
  echo "lock: the lines above name a host or a path; a lock must hold names and hashes only." >&2
  exit 1
fi
