#!/usr/bin/env bash
# Replaces the API's replicas by new ones. First it starts as many new ones beside the old ones, then it stops the old
# ones; each first answers the requests that it has. The balancer sees all this by itself.
set -euo pipefail
cd "$(dirname "$0")/../.."

docker compose build api
docker compose run --rm migrate # the old code has to be able to read the tables after it
mapfile -t old < <(docker compose ps -q api)
replicas=${#old[@]}
docker compose up --detach --no-deps --no-recreate --scale "api=$((2 * replicas))" api
mapfile -t new < <(docker compose ps -aq api | grep -vxFf <(printf '%s\n' "${old[@]}"))

# It waits for the new ones only: an old one that hangs has to be replaced, too.
found=starting
for ((second = 0; second < 120; second++)); do
  found=$(docker inspect --format '{{.State.Health.Status}}' "${new[@]}" | sort -u)
  [[ $found == healthy || $found == *unhealthy* ]] && break
  sleep 1
done
if [[ $found != healthy ]]; then
  for one in "${new[@]}"; do docker logs --tail 3 "$one" >&2; done
  docker rm --force "${new[@]}" > /dev/null
  echo "The new replicas cannot answer: they are removed, and the old ones go on." >&2
  exit 1
fi

docker stop --time 30 "${old[@]}" > /dev/null
docker rm "${old[@]}" > /dev/null
docker compose up --detach --wait --no-deps --no-recreate --scale "api=$replicas" api
