#!/usr/bin/env bash
# Copies what an instance must not lose into a new folder: database, files, instance.toml,
# the roots of the log. Never the secrets: these are backed up once, by hand, elsewhere.
# Run as root, daily; see docs/operations.md.
#
#   deploy/backup.sh TARGET            reads TONGGUI_HOME and TONGGUI_DATABASE_URL
set -euo pipefail
umask 077

target=${1:?要写到哪个目录 / name the folder to write to}
home=${TONGGUI_HOME:?}
url=${TONGGUI_DATABASE_URL:-sqlite:///$home/tonggui.sqlite}
copy="$target/tonggui-$(date -u +%Y%m%dT%H%M%SZ)"
mkdir -p "$target"
mkdir "$copy.part"

# The database first: a file that came later is not missed, one that is missing would be.
case $url in
  sqlite:///*)
    python3 - "${url#sqlite:///}" "$copy.part/tonggui.sqlite" <<'PYTHON'
import sqlite3, sys
with sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True) as source:
    with sqlite3.connect(sys.argv[2]) as copy:
        source.backup(copy)
PYTHON
    ;;
  postgresql://*) pg_dump --format=custom --file="$copy.part/tonggui.dump" "$url" ;;
  *) echo "不认识的数据库 / unknown database" >&2; exit 1 ;;
esac
cp -p "$home/instance.toml" "$copy.part/"
if [ -f "$home/routing.toml" ]; then cp -p "$home/routing.toml" "$copy.part/"; fi
for folder in blobs log register; do
  if [ -d "$home/$folder" ]; then cp -Rp "$home/$folder" "$copy.part/"; fi
done
mv "$copy.part" "$copy"
echo "$copy"

# Erased identities live on in backups until these expire: 35 days, as the certificate says.
find "$target" -maxdepth 1 -name 'tonggui-*' -mtime +34 -exec rm -rf {} +
