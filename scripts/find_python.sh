#!/usr/bin/env bash
# Prints the first Python that is 3.11 or newer and can make a virtual
# environment. A name is tried by running it: a version manager's shim exists
# on the path even where the version behind it does not.
set -euo pipefail

check='import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'
for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
  if [ -n "$candidate" ] && "$candidate" -c "$check" >/dev/null 2>&1; then
    echo "$candidate"
    exit 0
  fi
done
echo "Tonggui needs Python 3.11 or newer with the venv module." >&2
echo "On Debian 12: apt-get install python3 python3-venv" >&2
exit 1
