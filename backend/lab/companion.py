"""The Lab's second process: all delay links to the server, and the slow upstream, in one asyncio loop.

They have a process of their own so that the server's work does not hold up the links' timers, nor the links take the
server's time. `python -m lab.companion` prints one line of JSON when all of them listen on 127.0.0.1, and ends when
its stdin closes: with the server, however that ends.

    {"links": [{"name": "20 ms", "rtt": 20, "mbit": null, "port": 8020}, ...], "upstream": 40123}

`rtt` is in ms; `mbit` is the rate down to the client in Mbit/s, null without a limit.

In the production topology (compose.yml) a container runs it beside the edge, where its links lead.
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

LONGEST_START = 10.0  # seconds
LONGEST_STOP = 5.0  # seconds
HIGHEST_PORT = 65_535


@dataclass(frozen=True)
class Kind:
    """A link to be opened: its round-trip time in ms, its rates in Mbit/s, its port counted from the server's."""

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
    """Say of a link what a browser needs to know."""
    return {"name": kind.name, "rtt": kind.rtt, "mbit": kind.down, "port": port}


class Companion:
    """The process, started on first use at the latest and again when it has died. Any thread may ask.

    `database` is the SQLite file that the upstream reads; with "", it answers 503. `elsewhere` is the port that the
    links are counted from where somebody else's lead to this server: then those are told, and not its own. `server`
    is the address where it listens: where that is one of IPv6, so is that of the links.
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
        """The links that lead to the server, as in the line above. Raises Problem (503)."""
        if self._elsewhere is not None:
            return [described(kind, self._elsewhere + kind.offset) for kind in KINDS]
        return list(self._started()["links"])

    @property
    def upstream(self) -> str:
        """The slow service's address, without a path or a slash at the end. Raises Problem (503)."""
        return f"http://{HOST}:{self._started()['upstream']}"

    def start(self) -> None:
        """Start the process, if there is none. A failure is for whoever needs it."""
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
    """Return what comes first, a whole line since it is written at once; nothing where it does not come in time."""
    with selectors.DefaultSelector() as ready:
        ready.register(output, selectors.EVENT_READ)
        return output.readline() if ready.select(LONGEST_START) else b""


async def run(server_port: int, database: str, server: str = HOST, host: str = HOST, first: int | None = None) -> None:
    """Open everything, say where it is, and close it when stdin does.

    The links lead to a port of `server`, listen at `host`, and are counted from `first`, or from the server's port.
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
    """Open a link on the port wanted, or on any where that is taken or there is none such."""
    if port <= HIGHEST_PORT:
        with suppress(OSError):
            return await link.open(port, host)
    return await link.open(0, host)


async def _closing(pipe: IO[str]) -> None:
    """Wait until nobody can write to a pipe any more."""
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
    with suppress(KeyboardInterrupt):  # the server gets it too
        asyncio.run(run(**vars(parser.parse_args())))


if __name__ == "__main__":
    main()
