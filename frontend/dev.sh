#!/usr/bin/env bash
# Runs the backend and Vite side by side, both with reload; when one ends, or on Ctrl-C, so does the other.
set -euo pipefail
cd "$(dirname "$0")/.."
trap 'trap - INT TERM EXIT; kill $(jobs -p) 2>/dev/null; wait' INT TERM EXIT
(cd backend && exec .venv/bin/python -m flask --app wsgi run --debug --host 127.0.0.1 --port "$ROUNDTRIP_PORT") &
(cd frontend && npm run -s package && exec node_modules/.bin/vite --clearScreen false) &
wait -n
