#!/bin/sh
# Writes the user's password into the file that pgbouncer reads, and starts pgbouncer.
set -eu
umask 077
printf '"%s" "%s"\n' "${POSTGRES_USER:?}" "$(printf %s "${POSTGRES_PASSWORD:?}" | sed 's/"/""/g')" > /tmp/users.txt
unset POSTGRES_PASSWORD
exec pgbouncer /etc/pgbouncer/pgbouncer.ini
