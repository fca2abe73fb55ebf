#!/usr/bin/env bash
# Copies the primary at the first start. Then it starts PostgreSQL, with the command in its arguments, as a replica.
set -euo pipefail
volume=/var/lib/postgresql/data
data=$volume/replica draft=$volume/draft # the copy gets this name when it is complete
primary="host=postgres port=5432 user=$POSTGRES_USER application_name=replica"
export PGPASSWORD=$POSTGRES_PASSWORD # for the copy and for the replica; it is not written to the disk

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
