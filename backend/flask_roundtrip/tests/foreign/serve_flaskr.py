"""Serve Flask's own tutorial application with a few added lines, and the files of a folder below /files/.

    python serve_flaskr.py FOLDER

It prints its address, and serves until its stdin closes. The end-to-end tests open pages of that folder in a browser.
"""

import os
import sqlite3
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from flask import Flask, abort, request, send_from_directory, session
from flask_source import tutorial
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

from flask_roundtrip import Batch, ServerTiming, cached

ARCHIVES = Path(__file__).parents[2] / ".pytest_cache" / "d" / "flask-source"  # where conftest.py keeps it, too


def add(app: Flask) -> None:
    """Add what a developer would: a GET that answers JSON, and the techniques."""
    from flaskr.db import get_db  # type: ignore[import-not-found]

    @app.get("/api/posts/<int:post>")
    @cached(fresh=60, stale=600, max_age=0, identity=lambda: str(session.get("user_id")))
    def show_post(post: int) -> dict[str, Any]:
        row = get_db().execute("SELECT id, title, body FROM post WHERE id = ?", (post,)).fetchone()
        return {name: row[name] for name in request.args["fields"].split(",")} if row else abort(404)

    app.wsgi_app = ServerTiming(Batch(app.wsgi_app, at="/api/batch", prefix="/api/"))  # type: ignore[method-assign]


def make(folder: Path) -> Flask:
    """Return flaskr with three posts, its database in `folder`."""
    sys.path.insert(0, str(tutorial(ARCHIVES, folder)))
    from flaskr import create_app
    from flaskr.db import init_db

    app: Flask = create_app({"DATABASE": str(folder / "flaskr.sqlite"), "SECRET_KEY": "a secret of the tests"})
    with app.app_context():
        init_db()
    with sqlite3.connect(folder / "flaskr.sqlite") as database:
        database.execute("INSERT INTO user (username, password) VALUES ('ann', 'no hash')")
        posts = [(f"post {number}", "a few words " * 20) for number in (1, 2, 3)]
        database.executemany("INSERT INTO post (author_id, title, body) VALUES (1, ?, ?)", posts)
    database.close()
    return app


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    protocol_version = "HTTP/1.1"

    def log(self, *_: object) -> None:
        """Leave the line out."""


def main(files: str) -> None:
    """Serve until stdin closes."""
    with tempfile.TemporaryDirectory() as folder:
        app = make(Path(folder))
        add(app)

        @app.get("/files/<path:name>")
        def show_file(name: str) -> Response:
            return send_from_directory(os.path.abspath(files), name)

        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main(sys.argv[1])
