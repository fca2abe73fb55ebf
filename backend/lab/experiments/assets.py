"""The page's JavaScript on two visits: plain, compressed beforehand, and with a hash in each name."""

import re

from flask import request, send_from_directory
from flask_roundtrip.wire import Answer, Problem
from whitenoise import WhiteNoise

from ..experiment import Experiment, Side
from ..run import Run
from ..workbench import BUILT, Workbench

_NAMED = re.compile(r'"(/assets/[^"]+\.(?:js|css))"')  # frontend/src/lab/experiments/assets.ts reads the page so too


class Files:
    """What the page names, and what serves it compressed: found once, for both are as old as the build."""

    def __init__(self, bench: Workbench) -> None:
        self.named = _NAMED.findall((bench.dist / "index.html").read_text())
        self.compressed = WhiteNoise(bench.app.wsgi_app, root=bench.dist, max_age=0, allow_all_origins=False)

    def asked_for(self, run: Run) -> str:
        """Return the address of the file that a run asks for: its part. Raises Problem (404)."""
        if run.part >= len(self.named):
            raise Problem(404, f"The page names {len(self.named)} files.")
        return str(self.named[run.part])


def prepare(bench: Workbench) -> None:
    """Read the page, and what is in its folder."""
    bench.app.extensions["lab.assets"] = Files(bench)


def plain(run: Run) -> Answer:
    """Answer as Flask's send_from_directory does by itself: uncompressed, with `no-cache` and an ETag."""
    address = _files(run).asked_for(run)
    with send_from_directory(run.bench.dist, address.removeprefix("/")) as response:
        response.direct_passthrough = False  # read here: an Answer has its bytes
        headers = list(response.get_wsgi_headers(request.environ))
        return Answer(response.status_code, headers, response.get_data())


def compressed(run: Run) -> Answer:
    """Answer as the product's static files, but without knowing that they never change."""
    files = _files(run)
    found = files.compressed.files[files.asked_for(run)].get_response("GET", request.environ)
    body = b""
    if found.file is not None:
        with found.file:
            body = found.file.read()
    return Answer(found.status, found.headers, body)


def _files(run: Run) -> Files:
    files: Files = run.bench.app.extensions["lab.assets"]
    return files


EXPERIMENT = Experiment(
    title="Hashed, immutable, compressed assets",
    chapter="CDN and static files",
    shows="The JavaScript that this site's page needs, fetched by a first visit and then by a second. "
    "Compression makes the first one light, and names with a hash make the second one free.",
    technique=(
        "backend/roundtrip/site.py",
        "frontend/vite.config.ts",
    ),
    sides=(
        Side(
            "plain",
            "Plain files",
            "Serves the files as Flask's send_from_directory does: uncompressed, and each visit asks again.",
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
            "Has a br and a gzip copy of each file from the build; each visit still asks again.",
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
            "Fetches the product's own files, which the browser need not ask for again.",
            (
                "browser -> server: first visit: 5 files",
                "server -> browser: about 130 kB",
                "browser -> browser: second visit: 5 files",
            ),
            needs=BUILT,
        ),
    ),
    explanation=(
        "People first serve a folder of files as it is. Flask then sends `Cache-Control: no-cache` and an ETag: the "
        "browser may keep a file, but asks before each use whether it has changed. The answer is a 304 without a "
        "body. It still costs a round trip, and the page cannot start before it.",
        "Files do not change between two builds, so the build compresses them once, as slowly and as well as it "
        "can. The server only picks the copy that the browser understands. This helps the first visit: fewer bytes "
        "have to come through the line.",
        "The build also writes a hash of each file's content into its name. Changed content has another name, so "
        "what is behind a name never changes, and the server can say `immutable` and a very long max-age. The "
        "second visit then takes the files out of the browser's cache and asks nobody. Only the small HTML page, "
        "which has the current names in it, is asked for each time; it is not part of this experiment.",
        "Measured are both visits of each side, one after the other, so that all sides do the same work. The first "
        "visit passes the browser's cache by, as if it were empty. The bars of a median run show the two apart.",
    ),
    lesson="Compress files when you build them, put a hash into their names, and let browsers keep them for good.",
    instead="Take Vite, which writes a hash into each file's name, and WhiteNoise, which serves compressed copies.",
    does_not_pay="For visitors who never return, the hash saves nothing; on a fast and near network, compression "
    "saves little. A file without a hash in its name must not be immutable: nobody could replace it.",
    network="slow 4G",
    prepare=prepare,
)
