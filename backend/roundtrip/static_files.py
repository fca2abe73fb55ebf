"""Static files: the built frontend, each file in several content codings, with conditional and range requests.

Source: RFC 9110, sections 8.8 (validators), 13 (conditional requests) and 14 (ranges). Each coding of a file has an
entity tag of its own, a hash of its bytes. So a range of one coding is never joined to a range of another.

WhiteNoise gives all codings one tag, and knows neither If-Range nor `q=0`. Werkzeug's make_conditional() looks at Range
before the preconditions, and for HEAD too.

A file is read when it is first asked for, and again when it has changed, so that a new build is seen at once. The bytes
stay in memory: a build has about 3 MB in all codings.
"""

import gzip
import re
import stat
import zlib
from collections.abc import Callable, Iterable
from hashlib import blake2b
from mimetypes import MimeTypes
from pathlib import Path
from typing import Any

import brotli
from flask_roundtrip.compression import SMALLEST, compress, negotiated
from flask_roundtrip.conditional import fails, not_modified
from flask_roundtrip.doors.wsgi import WSGI, head_of, status_line
from flask_roundtrip.wire import IDENTITY, Answer, Headers, Problem
from werkzeug.http import http_date
from werkzeug.utils import get_content_type

HeadersOf = Callable[[str, bytes], Headers]  # from a file's path below the folder and its bytes
# What the build adds to the name of a file that it has compressed.
COPIES = {"br": (".br", brotli.decompress), "gzip": (".gz", gzip.decompress)}
ALLOW = ("Allow", "GET, HEAD, OPTIONS")
OPTIONS = Answer.of_options(ALLOW)
REFUSED = Problem(405, "This is a file: it is read by GET or HEAD.", headers=[ALLOW])
CHANGED = Problem(412, "If-Match or If-Unmodified-Since names another version of this file, or another coding.")
_TYPES = MimeTypes()
_TYPES.add_type("text/javascript", ".js")  # RFC 9239; Python 3.11 says application/javascript
_RANGE = re.compile(r"bytes=(?:([0-9]{1,4000})-([0-9]{0,4000})|-([0-9]{1,4000}))", re.IGNORECASE)


class File:
    """One version of a file, in each content coding that a client has asked for."""

    def __init__(self, path: Path, version: tuple[int, int], headers: HeadersOf, name: str) -> None:
        self.version = version
        self._path = path
        whole = path.read_bytes()
        self._coded = {IDENTITY: (whole, _etag(whole))}
        self._headers = headers(name, whole)
        self._modified = http_date(version[0] // 1_000_000_000)
        self._type = get_content_type(_TYPES.guess_type(path.name)[0] or "application/octet-stream", "utf-8")
        is_text = "charset" in self._type or "json" in self._type
        self._is_compressed = is_text and len(whole) >= SMALLEST

    def answer(self, environ: dict[str, Any], status: int = 200) -> Answer:
        """Return the answer to a GET or HEAD, with the body. A status other than 200 is sent without conditions.

        Raises Problem: 412 if a precondition fails, 416 if the file has no byte of the range.
        """
        head = head_of(environ)
        coding = negotiated(head.accept_encoding) if self._is_compressed else IDENTITY
        body, etag = self._in(coding)
        shared = [("ETag", etag), ("Vary", "Accept-Encoding" if status == 200 else "Accept, Accept-Encoding")]
        shared += self._headers
        headers = [*shared, ("Content-Type", self._type), ("Last-Modified", self._modified), ("Accept-Ranges", "bytes")]
        if coding != IDENTITY:
            headers.append(("Content-Encoding", coding))
        if status == 200:
            is_named = etag in map(str.strip, head.if_match.split(","))  # strong comparison (section 8.8.3.2)
            if not is_named and fails(head.if_match, head.if_unmodified_since, self._modified):
                raise CHANGED
            if not_modified(head.if_none_match, head.if_modified_since, etag, self._modified):
                return Answer(304, shared, b"")
            asked = _range(environ, etag, len(body)) if head.method == "GET" else None
            if asked is not None:
                headers.append(("Content-Range", f"bytes {asked.start}-{asked.stop - 1}/{len(body)}"))
                status, body = 206, body[asked.start : asked.stop]
        return Answer(status, [*headers, ("Content-Length", str(len(body)))], body)

    def _in(self, coding: str) -> tuple[bytes, str]:
        """Return the bytes in a coding, and their entity tag."""
        if coding not in self._coded:
            whole = self._coded[IDENTITY][0]
            body = self._copy(whole, *COPIES[coding]) if coding in COPIES else None
            body = body or compress(whole, coding)
            self._coded[coding] = body, _etag(body)
        return self._coded[coding]

    def _copy(self, whole: bytes, ending: str, decompress: Callable[[bytes], bytes]) -> bytes | None:
        """Return the copy that the build has made; None if there is none, or only that of another version."""
        try:
            copy = self._path.with_name(self._path.name + ending).read_bytes()
            return copy if decompress(copy) == whole else None
        except (OSError, EOFError, zlib.error, brotli.error):
            return None


class Files:
    """WSGI middleware that answers the requests for files of a folder, and passes on all others."""

    def __init__(self, application: WSGI, folder: Path, headers: HeadersOf, hidden: Iterable[str] = ()) -> None:
        self._application = application
        self._folder = folder
        self._headers = headers
        self._hidden = frozenset(hidden)
        self._read: dict[str, File] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer with the file at the path, unless its name is hidden."""
        head = head_of(environ)
        name = head.path.removeprefix("/")
        file = None if name in self._hidden or name.endswith((".br", ".gz")) else self.read(name)
        if file is None:
            return self._application(environ, start_response)
        try:
            if head.method not in ("GET", "HEAD", "OPTIONS"):
                raise REFUSED
            answer = OPTIONS if head.method == "OPTIONS" else file.answer(environ)
        except Problem as problem:
            answer = problem.answer()
        start_response(status_line(answer.status), answer.headers)
        return () if head.method == "HEAD" else (answer.body,)

    def read(self, name: str) -> File | None:
        """Return the file at a path below the folder, as it is now; None if there is none."""
        if not set(name.split("/")).isdisjoint(("", ".", "..")):
            return None
        path = self._folder / name
        try:
            found = path.stat()
            version = found.st_mtime_ns, found.st_size
            file = self._read.get(name)
            if file is None or file.version != version:
                if not stat.S_ISREG(found.st_mode):
                    return None
                if file is not None:
                    self._read.clear()  # a new build: no file of the old one is kept
                file = self._read[name] = File(path, version, self._headers, name)
        except (OSError, ValueError):  # ValueError: a name that no file can have
            return None
        return file


def _etag(body: bytes) -> str:
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def _range(environ: dict[str, Any], etag: str, length: int) -> range | None:
    """Return the bytes that Range asks for; None if it is absent, invalid or of several ranges, or If-Range forbids it.

    A date in If-Range never matches: it is the same for all codings, which makes it a weak validator.
    """
    found = _RANGE.fullmatch(environ.get("HTTP_RANGE", "").strip())
    if found is None or not length or environ.get("HTTP_IF_RANGE", etag).strip() != etag:
        return None
    first, last, suffix = found.groups()
    if last and int(last) < int(first):
        return None
    start = max(0, length - int(suffix)) if suffix else int(first)
    asked = range(start, min(length, int(last) + 1 if last else length))
    if not asked:
        raise Problem(416, f"The file has {length} bytes.", headers=[("Content-Range", f"bytes */{length}")])
    return asked
