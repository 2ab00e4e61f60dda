#!/usr/bin/env bash
# Gives every process of an instance what is its own, and nothing else. Run as root
# after `tonggui init`, after the ceremony and after a restore; harmless when repeated.
#
#   deploy/set_owners.sh [--one-user] [HOME]
set -euo pipefail

one_user=
if [ "${1:-}" = --one-user ]; then one_user=yes; shift; fi
home=${1:-/srv/tonggui}
[ -f "$home/instance.toml" ] || { echo "$home 里没有实例 / holds no instance" >&2; exit 1; }

owner() { if [ -n "$one_user" ]; then echo tonggui; else echo "tonggui-$1"; fi; }

chown root:tonggui "$home" "$home/secrets" "$home/instance.toml"
chmod 0750 "$home"
chmod 0751 "$home/secrets"
chmod 0640 "$home/instance.toml"
if [ -f "$home/routing.toml" ]; then
  chown root:tonggui "$home/routing.toml"
  chmod 0640 "$home/routing.toml"
fi
for process in portal mailgate console jobs; do
  chown -R "$(owner "$process"):tonggui" "$home/secrets/$process"
  chmod 0700 "$home/secrets/$process"
  find "$home/secrets/$process" -type f -exec chmod 0600 {} +
done
for folder in log register mail; do
  mkdir -p "$home/$folder"
  chown -R "$(owner jobs):tonggui" "$home/$folder"
done
chmod 0700 "$home/log" "$home/mail"
chmod 0755 "$home/register"
if [ -n "$one_user" ]; then
  # SQLite and local files are used by all four processes.
  chown tonggui:tonggui "$home"
  find "$home" -maxdepth 1 -name '*.sqlite*' -exec chown tonggui:tonggui {} +
  if [ -d "$home/blobs" ]; then chown -R tonggui:tonggui "$home/blobs"; fi
fi
