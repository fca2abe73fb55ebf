#!/usr/bin/env bash
# Copies the primary at the first start, then follows it: becomes the PostgreSQL that the arguments are the command of.
set -euo pipefail
volume=/var/lib/postgresql/data
data=$volume/replica draft=$volume/draft # the copy takes its place when it is whole
primary="host=postgres port=5432 user=$POSTGRES_USER application_name=replica"
export PGPASSWORD=$POSTGRES_PASSWORD # for the copy, and for the server when it follows; nowhere on the disk

if [ "$(id -u)" = 0 ]; then
    chown postgres:postgres "$volume" /run/postgresql
    exec setpriv --reuid=postgres --regid=postgres --init-groups bash "$0" "$@"
fi
if [ ! -e "$data" ]; then
    rm -rf "$draft"
    pg_basebackup --dbname="$primary" --pgdata="$draft" --checkpoint=fast
    touch "$draft/standby.signal"
    mv "$draft" "$data"
fi
exec "$@" -D "$data" -c primary_conninfo="$primary"
