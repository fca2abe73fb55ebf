#!/usr/bin/env bash
# Test the package as others get it: the built wheel, in environments that have nothing else, outside the repository.
# `alone.sh wheel` only builds it, into dist/.
set -euo pipefail
cd "$(dirname "$0")"
PYTHON=${PYTHON:-../.venv/bin/python}
[[ $PYTHON == */* ]] && PYTHON=$(realpath -s "$PYTHON")
mypy=$(realpath -s ../.venv/bin/mypy)
cache=$PWD/../.mypy_cache/alone

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf build dist
"$PYTHON" -m pip wheel -q --disable-pip-version-check --no-deps -w dist .
rm -rf build
wheel=$(echo "$PWD"/dist/flask_roundtrip-*.whl)
[[ ${1:-} == wheel ]] && { echo "Built ${wheel#"$PWD/"}"; exit; }

files=$("$PYTHON" -m zipfile -l "$wheel")
grep -q flask_roundtrip/py.typed <<< "$files" || { echo "The wheel lacks py.typed."; exit 1; }
! grep -i tests <<< "$files" || { echo "The wheel holds tests."; exit 1; }

install() {
  "$PYTHON" -m venv "$work/$1"
  "$work/$1/bin/python" -m pip install -q --no-compile --disable-pip-version-check "${@:2}"
}

cp -r tests examples README.md "$work"
cd "$work"
install core "$wheel"
core/bin/python -W error tests/alone/core.py
install all "$wheel[all]" "flask[async]" pytest hypothesis flask-caching flask-sqlalchemy
# The tests of applications that are not ours need the repository.
all/bin/python -m pytest -q -W error --strict-markers -p no:cacheprovider --ignore tests/foreign tests

cat > program.py << 'PROGRAM'
from flask import Flask
from flask_roundtrip import Batch, ServerTiming, cached
app = Flask(__name__)
app.add_url_rule("/report", view_func=cached(fresh=60, stale=600)(lambda: {"made": True}))
app.wsgi_app = ServerTiming(Batch(app.wsgi_app, at="/batch", prefix="/"))  # type: ignore[method-assign]
PROGRAM
"$mypy" --cache-dir "$cache" --strict --python-executable all/bin/python program.py
