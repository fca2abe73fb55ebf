"""Two visits to the page's JavaScript files: as they are, compressed, or compressed with a hash in each name."""

import re

from flask import request, send_from_directory
from flask_roundtrip.wire import Answer, Problem

from roundtrip import static_files

from ..experiment import Experiment, Side
from ..run import Run
from ..workbench import BUILT, Workbench

_NAMED = re.compile(r'"(/assets/[^"]+\.(?:js|css))"')  # as in frontend/src/lab/experiments/assets.ts


class Files:
    """The files that the page names, and what serves them compressed. The page is read once."""

    def __init__(self, bench: Workbench) -> None:
        self.named = _NAMED.findall((bench.dist / "index.html").read_text())
        headers = [("Cache-Control", "no-cache")]
        self.compressed = static_files.Files(bench.app.wsgi_app, bench.dist, lambda name, content: headers)

    def asked_for(self, run: Run) -> str:
        """Return the path of one file: the run's part is its number. Raises Problem (404)."""
        if run.part >= len(self.named):
            raise Problem(404, f"The page names {len(self.named)} files.")
        return str(self.named[run.part])


def prepare(bench: Workbench) -> None:
    """Read the page and its folder."""
    bench.app.extensions["lab.assets"] = Files(bench)


def plain(run: Run) -> Answer:
    """Answer as Flask's send_from_directory does by default: uncompressed, with `no-cache` and an ETag."""
    address = _files(run).asked_for(run)
    with send_from_directory(run.bench.dist, address.removeprefix("/")) as response:
        response.direct_passthrough = False  # read the file here: an Answer holds bytes
        headers = list(response.get_wsgi_headers(request.environ))
        return Answer(response.status_code, headers, response.get_data())


def compressed(run: Run) -> Answer:
    """Answer as the product does with static files, but without `immutable`."""
    files = _files(run)
    file = files.compressed.read(files.asked_for(run).removeprefix("/"))
    if file is None:
        raise Problem(404, "The page names a file that the build does not have.")
    return file.answer(request.environ)


def _files(run: Run) -> Files:
    files: Files = run.bench.app.extensions["lab.assets"]
    return files


EXPERIMENT = Experiment(
    title="Hashed, immutable, compressed assets",
    chapter="CDN and static files",
    shows=(
        "A browser fetches this site's JavaScript on a first visit, then on a second visit. Compression makes the "
        "first visit smaller. A hash in each file's name saves all requests of the second."
    ),
    technique=(
        "backend/roundtrip/static_files.py",
        "frontend/vite.config.ts",
    ),
    sides=(
        Side(
            "plain",
            "Plain files",
            "Flask's send_from_directory serves the files: uncompressed, and on each visit the browser asks again.",
            (
                "browser -> server: first visit: 5 files",
                "server -> browser: about 460 kB",
                "browser -> server: second visit: 5 files, if changed",
                "server -> browser: not modified ×5",
            ),
            plain,
            BUILT,
        ),
        Side(
            "compressed",
            "Compressed",
            "The build makes a br and a gzip copy of each file. On each visit the browser still asks again.",
            (
                "browser -> server: first visit: 5 files",
                "server -> browser: about 130 kB",
                "browser -> server: second visit: 5 files, if changed",
                "server -> browser: not modified ×5",
            ),
            compressed,
            BUILT,
        ),
        Side(
            "immutable",
            "Compressed, hashed, immutable",
            "The product's own files. On the second visit the browser takes them from its cache, and asks nothing.",
            (
                "browser -> server: first visit: 5 files",
                "server -> browser: about 130 kB",
                "browser -> browser: second visit: 5 files",
            ),
            needs=BUILT,
        ),
    ),
    explanation=(
        (
            "Many sites serve a folder of files as it is. Flask then sends `Cache-Control: no-cache` and an ETag. "
            "The browser may keep a file, but before each use it asks whether the file has changed. The server "
            "answers 304 without a body. This still costs a round trip, and the page cannot start before it."
        ),
        (
            "Files do not change between two builds. So the build compresses them once, at the slowest and best "
            "setting. The server only chooses the copy that the browser understands. This helps the first visit, "
            "because fewer bytes cross the network."
        ),
        (
            "The build also writes a hash of each file's content into its name. New content gets a new name, so the "
            "content behind a name never changes. The server can then send `immutable` and a very long max-age. On "
            "the second visit the browser takes the files from its cache and sends no request. It asks only for the "
            "small HTML page, which names the current files. That page is not part of this experiment."
        ),
        (
            "The experiment measures both visits of each side, one after the other, so that all sides do the same "
            "work. The first visit bypasses the browser's cache. The bars of a median run show the two visits "
            "separately."
        ),
    ),
    lesson="Compress files in the build, put a hash into their names, and let browsers keep them for good.",
    instead="Take Vite, which writes a hash into each file's name, and nginx, which serves compressed copies.",
    does_not_pay=(
        "For visitors who never return, the hash saves nothing. On a fast, near network, compression saves little. A "
        "file without a hash in its name must not be immutable: browsers would keep the old one."
    ),
    network="slow 4G",
    prepare=prepare,
)
