#!/usr/bin/env bash
# Replaces the API's replicas by ones of the new code: first as many new ones beside the old ones, then the old ones
# end, each when it has answered what it had begun. The balancer follows by itself.
set -euo pipefail
cd "$(dirname "$0")/../.."

docker compose build api
docker compose run --rm migrate # it has to leave the tables such that the old code can still read them
mapfile -t old < <(docker compose ps -q api)
replicas=${#old[@]}
docker compose up --detach --no-deps --no-recreate --scale "api=$((2 * replicas))" api
mapfile -t new < <(docker compose ps -aq api | grep -vxFf <(printf '%s\n' "${old[@]}"))

# Only the new ones are waited for: that an old one hangs is a reason to replace it.
found=starting
for ((second = 0; second < 120; second++)); do
  found=$(docker inspect --format '{{.State.Health.Status}}' "${new[@]}" | sort -u)
  [[ $found == healthy || $found == *unhealthy* ]] && break
  sleep 1
done
if [[ $found != healthy ]]; then
  for one in "${new[@]}"; do docker logs --tail 3 "$one" >&2; done
  docker rm --force "${new[@]}" > /dev/null
  echo "The new replicas cannot answer: they are gone again, and the old ones serve on." >&2
  exit 1
fi

docker stop --time 30 "${old[@]}" > /dev/null
docker rm "${old[@]}" > /dev/null
docker compose up --detach --wait --no-deps --no-recreate --scale "api=$replicas" api
