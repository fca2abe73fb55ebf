"""The Lab's second process: all delay links to the server, and the slow upstream, in one asyncio loop.

They run in their own process, so that the server's work does not delay the links' timers, and the links take no time
of the server. `python -m lab.companion` prints one line of JSON when all of them listen. It ends when its stdin
closes; so it ends with the server, even if the server is killed.

    {"links": [{"name": "20 ms", "rtt": 20, "mbit": null, "port": 8020}, ...], "upstream": 40123}

`rtt` is in ms. `mbit` is the rate to the client in Mbit/s, or null without a limit.

In the production topology (compose.yml) a container beside the edge runs it, and its links lead to the edge.
"""

import argparse
import asyncio
import atexit
import json
import selectors
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import IO, Any

from aiohttp import web
from flask_roundtrip.wire import Problem

from roundtrip.config import BACKEND

from .link import HOST, Link
from .upstream import application

LONGEST_START = 30.0  # seconds, for a machine with much else to do
LONGEST_STOP = 5.0  # seconds
HIGHEST_PORT = 65_535


@dataclass(frozen=True)
class Kind:
    """A link: its round-trip time in ms, its rates in Mbit/s, and the distance of its port from the server's port."""

    name: str
    rtt: int
    offset: int
    down: float | None = None
    up: float | None = None


KINDS = (  # the names are those of NETWORKS in experiment.py
    Kind("0 ms", 0, 1),
    Kind("20 ms", 20, 20),
    Kind("50 ms", 50, 50),
    Kind("100 ms", 100, 100),
    Kind("200 ms", 200, 200),
    Kind("slow 4G", 150, 150, down=1.6, up=0.75),  # as in Lighthouse's docs/throttling.md
)


def described(kind: Kind, port: int) -> dict[str, Any]:
    """Describe a link for a browser."""
    return {"name": kind.name, "rtt": kind.rtt, "mbit": kind.down, "port": port}


class Companion:
    """The process. It starts at the first use at the latest, and again after it has died. Any thread may use this.

    `database` is the SQLite file that the upstream reads; with "" the upstream answers 503. `server` is the server's
    address; for an IPv6 address the links listen on IPv6 too. With `elsewhere`, links of another process lead to this
    server, on ports counted from this one, and `links` describes those.
    """

    def __init__(self, server_port: int, database: str, elsewhere: int | None = None, server: str = HOST) -> None:
        self._elsewhere = elsewhere
        self._arguments = ["--server-port", str(server_port), "--database", database]
        self._arguments += ["--server", server, "--host", "::1" if ":" in server else HOST]
        self._starting = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._told: dict[str, Any] = {}

    @property
    def links(self) -> list[dict[str, Any]]:
        """The links to the server, in the form of the line above. Raises Problem (503)."""
        if self._elsewhere is not None:
            return [described(kind, self._elsewhere + kind.offset) for kind in KINDS]
        return list(self._started()["links"])

    @property
    def upstream(self) -> str:
        """The slow service's address, without a path and without a slash at its end. Raises Problem (503)."""
        return f"http://{HOST}:{self._started()['upstream']}"

    def start(self) -> None:
        """Start the process, if it does not run. A failure shows again at the next use."""
        with suppress(Problem):
            self._started()

    def stop(self) -> None:
        """End the process, if there is one."""
        with self._starting:
            self._end()

    def _started(self) -> dict[str, Any]:
        with self._starting:
            if self._process is None or self._process.poll() is not None:
                self._end()
                self._start()
            return self._told

    def _start(self) -> None:
        command = [sys.executable, "-m", "lab.companion", *self._arguments]
        self._process = subprocess.Popen(  # noqa: S603 - a fixed command
            command, cwd=BACKEND, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        atexit.register(self.stop)
        line = _first_line(self._process.stdout) if self._process.stdout else b""
        if not line:
            self._end()
            raise Problem(
                503,
                f"The Lab's delay links did not start within {LONGEST_START:.0f} s; the server's log says why.",
                headers=[("Retry-After", "10")],
            )
        self._told = json.loads(line)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        atexit.unregister(self.stop)
        try:
            process.communicate(timeout=LONGEST_STOP)  # it closes stdin, and the process ends
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _first_line(output: IO[bytes]) -> bytes:
    """Return the first line, which the process writes at once; empty if it does not come in time."""
    with selectors.DefaultSelector() as ready:
        ready.register(output, selectors.EVENT_READ)
        return output.readline() if ready.select(LONGEST_START) else b""


async def run(server_port: int, database: str, server: str = HOST, host: str = HOST, first: int | None = None) -> None:
    """Open links and upstream, print their ports, and close them when stdin closes.

    The links lead to a port of `server` and listen at `host`, on ports counted from `first` or the server's port.
    """
    first = server_port if first is None else first
    links = [Link(server_port, kind.rtt, kind.down, kind.up, server) for kind in KINDS]
    ports = [await _open(link, first + kind.offset, host) for link, kind in zip(links, KINDS, strict=True)]
    upstream = web.AppRunner(application(database), access_log=None, shutdown_timeout=0.5)
    await upstream.setup()
    try:
        await web.TCPSite(upstream, HOST, 0).start()
        told = {
            "links": [described(kind, port) for kind, port in zip(KINDS, ports, strict=True)],
            "upstream": upstream.addresses[0][1],
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        await _closing(sys.stdin)
    finally:
        for link in links:
            await link.close()
        await upstream.cleanup()


async def _open(link: Link, port: int, host: str) -> int:
    """Open a link on this port, or on any free port if this one is taken or too high."""
    if port <= HIGHEST_PORT:
        with suppress(OSError):
            return await link.open(port, host)
    return await link.open(0, host)


async def _closing(pipe: IO[str]) -> None:
    """Wait until the other end of a pipe is closed."""
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), pipe
    )
    while await reader.read(1_024):
        pass
    transport.close()


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m lab.companion", description="The Lab's delay links and upstream.")
    parser.add_argument("--server-port", type=int, required=True, help="the port where the links lead")
    parser.add_argument("--database", required=True, help="the SQLite file that the upstream reads")
    parser.add_argument("--server", default=HOST, help="the machine where the links lead (this one)")
    parser.add_argument("--host", default=HOST, help="the address where the links listen (this machine's alone)")
    parser.add_argument("--first", type=int, help="the port that the links' are counted from (the server's)")
    with suppress(KeyboardInterrupt):  # the server gets the same signal
        asyncio.run(run(**vars(parser.parse_args())))


if __name__ == "__main__":
    main()
