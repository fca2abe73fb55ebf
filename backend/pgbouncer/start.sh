#!/bin/sh
# Writes the one user's password where pgbouncer reads it, and becomes pgbouncer.
set -eu
umask 077
printf '"%s" "%s"\n' "${POSTGRES_USER:?}" "$(printf %s "${POSTGRES_PASSWORD:?}" | sed 's/"/""/g')" > /tmp/users.txt
unset POSTGRES_PASSWORD
exec pgbouncer /etc/pgbouncer/pgbouncer.ini
