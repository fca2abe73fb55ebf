#!/usr/bin/env bash
# Replaces the API's replicas by ones of the new code: first as many new ones beside the old ones, then the old ones
# end, each when it has answered what it had begun. The balancer follows by itself.
set -euo pipefail
cd "$(dirname "$0")/../.."

docker compose build api
docker compose run --rm migrate # it has to leave the tables such that the old code can still read them
mapfile -t old < <(docker compose ps -q api)
replicas=${#old[@]}
if ! docker compose up --detach --wait --no-deps --no-recreate --scale "api=$((2 * replicas))" api; then
  mapfile -t new < <(docker compose ps -aq api | grep -vxFf <(printf '%s\n' "${old[@]}"))
  for one in "${new[@]}"; do docker logs --tail 3 "$one" >&2; done
  docker rm --force "${new[@]}" > /dev/null
  echo "The new replicas cannot answer: they are gone again, and the old ones serve on." >&2
  exit 1
fi
docker stop --time 30 "${old[@]}" > /dev/null
docker rm "${old[@]}" > /dev/null
docker compose up --detach --wait --no-deps --no-recreate --scale "api=$replicas" api
