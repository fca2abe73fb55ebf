"""The delay links on real sockets, and the process that has them. Times have lower bounds: a machine may be busy."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from flask_roundtrip.wire import Problem

from lab import companion
from lab.companion import KINDS, Companion
from lab.experiment import NETWORKS
from lab.link import HELD, HOST, Link
from roundtrip.config import BACKEND

Served = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
LONGEST = 30.0  # seconds, after which a test hangs


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()


def within(link: Link, port: int = 0) -> Any:
    @asynccontextmanager
    async def opened() -> AsyncIterator[int]:
        listening = await link.open(port)
        try:
            yield listening
        finally:
            await link.close()

    return opened()


@asynccontextmanager
async def served(handle: Served) -> AsyncIterator[int]:
    """A target; each of its connections is closed when `handle` is done with it."""

    async def handled(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.add(asyncio.current_task())
        try:
            await handle(reader, writer)
        except OSError:
            pass
        finally:
            writer.close()

    running: set[Any] = set()
    server = await asyncio.start_server(handled, HOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.wait_for(asyncio.gather(*running), LONGEST)


@asynccontextmanager
async def client(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def through(
    handle: Served,
    ask: Callable[[asyncio.StreamReader, asyncio.StreamWriter, float], Awaitable[None]],
    **link: Any,
) -> None:
    """Connect a client through a link to a target, and let both talk; `ask` is told when the client began."""

    async def talk() -> None:
        async with served(handle) as target, within(Link(target, **link)) as port:
            begun = time.monotonic()
            async with client(port) as (reader, writer):
                await asyncio.wait_for(ask(reader, writer, begun), LONGEST)

    asyncio.run(talk())


def test_a_round_trip_takes_the_link_s_time_and_a_new_connection_one_more() -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, begun: float) -> None:
        for least in (0.100, 0.050, 0.050):
            writer.write(b"ping")
            assert await reader.readexactly(4) == b"ping"
            assert time.monotonic() - begun >= least
            begun = time.monotonic()

    through(echo, ask, rtt=50)


def test_a_connection_opened_early_has_its_handshake_behind_it() -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, begun: float) -> None:
        await asyncio.sleep(0.25)
        begun = time.monotonic()
        writer.write(b"ping")
        await reader.readexactly(4)
        took.append(time.monotonic() - begun)

    took: list[float] = []
    while len(took) < 10 and min(took, default=1) >= 0.4:  # with a handshake it would never be less
        through(echo, ask, rtt=200)
    assert 0.2 <= min(took) < 0.4


def test_a_target_that_speaks_first_is_heard_after_two_round_trips() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        await reader.read()

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, begun: float) -> None:
        assert await reader.readexactly(5) == b"hello"
        assert time.monotonic() - begun >= 0.1

    through(greet, ask, rtt=50)


@pytest.mark.parametrize("rtt", [0, 20])
def test_many_bytes_arrive_whole_and_in_order_in_both_directions(rtt: int) -> None:
    sent = b"".join(number.to_bytes(4, "big") for number in range(2_000_000))  # 8 MB

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, begun: float) -> None:
        async def send() -> None:
            writer.write(sent)
            await writer.drain()
            writer.write_eof()

        sending = asyncio.create_task(send())
        assert await reader.read() == sent
        await sending

    through(echo, ask, rtt=rtt)


def test_small_pieces_keep_their_order_and_their_distance() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(1)
        for number in range(5):
            writer.write(bytes([number]))
            await writer.drain()
            await asyncio.sleep(0.05)

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, begun: float) -> None:
        writer.write(b"?")
        came = []
        for number in range(5):
            assert await reader.readexactly(1) == bytes([number])
            came.append(time.monotonic())
        assert await reader.read() == b""
        distances.append(came[-1] - came[0])

    distances: list[float] = []
    while len(distances) < 10 and max(distances, default=0) <= 0.1:  # the first may come late on a busy machine
        through(drip, ask, rtt=20)
    assert max(distances) > 0.1  # a stream, not one answer at the end


def test_a_client_that_ends_its_half_still_gets_its_answer() -> None:
    async def answer_at_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.read()
        await asyncio.sleep(0.05)
        writer.write(b"got %d" % len(asked))

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, begun: float) -> None:
        writer.write(b"x" * 300_000)
        writer.write_eof()
        assert await reader.read() == b"got 300000"
        assert time.monotonic() - begun >= 0.09

    through(answer_at_the_end, ask, rtt=20)


def test_a_target_that_ends_its_half_still_hears() -> None:
    heard = []

    async def end_first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"bye")
        writer.write_eof()
        heard.append(await reader.read())

    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, begun: float) -> None:
        assert await reader.read() == b"bye"
        writer.write(b"one last word")
        writer.write_eof()
        while not heard:
            await asyncio.sleep(0.01)
        assert heard == [b"one last word"]

    through(end_first, ask, rtt=20)


def test_a_target_learns_that_its_client_has_left() -> None:
    async def talk_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(b"x" * 10_000)
                await writer.drain()
        except ConnectionError:
            left.set()

    async def talk() -> None:
        async with served(talk_on) as target, within(Link(target, 20)) as port:
            async with client(port) as (reader, _):
                await reader.readexactly(100_000)
            await asyncio.wait_for(left.wait(), LONGEST)

    left = asyncio.Event()
    asyncio.run(talk())


def test_a_link_stops_reading_when_the_receiver_does_not_read() -> None:
    sent = 0

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()
            sent += 65_536

    async def talk() -> None:
        # An hour's way: nothing arrives, so all that the target gets rid of is held, by the link or by the system.
        async with served(pour) as target, within(Link(target, 3_600_000)) as port, client(port):
            before = -1
            while before < sent or not sent:
                before = sent
                await asyncio.sleep(0.3)
                assert sent < HELD + 16 * 1024 * 1024  # the system's buffers, on two connections

    asyncio.run(talk())


def test_a_client_is_closed_if_nobody_listens_at_the_target() -> None:
    async def talk() -> None:
        with socket.socket() as nobody:
            nobody.bind((HOST, 0))  # bound and not listening: nobody else gets it
            async with within(Link(nobody.getsockname()[1], 20)) as port:
                for _ in range(2):  # and the link stays
                    async with client(port) as (reader, _writer):
                        assert await asyncio.wait_for(reader.read(), LONGEST) == b""

    asyncio.run(talk())


@pytest.mark.parametrize("way", ["down", "up"])
def test_a_rate_holds_for_its_way(way: str) -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, begun: float) -> None:
        writer.write(os.urandom(50_000))
        assert len(await reader.readexactly(50_000)) == 50_000
        assert time.monotonic() - begun >= 0.4

    through(echo, ask, rtt=0, **{way: 1})


def test_connections_share_a_rate_and_take_turns() -> None:
    async def answer_much(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        size = int(await reader.readline())
        writer.write(b"x" * size)
        await writer.drain()

    async def ask(port: int, size: int) -> float:
        async with client(port) as (reader, writer):
            writer.write(b"%d\n" % size)
            assert len(await reader.read()) == size
            return time.monotonic()

    async def talk() -> None:
        async with served(answer_much) as target, within(Link(target, 0, down=2)) as port:
            begun = time.monotonic()
            first, second, small = await asyncio.wait_for(
                asyncio.gather(ask(port, 75_000), ask(port, 75_000), ask(port, 5_000)), LONGEST
            )
            assert max(first, second) - begun >= 0.62  # 155,000 bytes at 2 Mbit/s, though on three connections
            assert small < min(first, second)  # it does not wait until the others are done

    asyncio.run(talk())


# The process that has the links.


@pytest.fixture
def server_port() -> int:
    """Where a server could be: nobody listens there, and 200 ports above it exist."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        return min(int(free.getsockname()[1]), 65_000)


@pytest.fixture
def links(server_port: int, database_path: Path) -> Iterator[Companion]:
    started = Companion(server_port, str(database_path))
    yield started
    started.stop()


def exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def started_process(links: Companion) -> "subprocess.Popen[bytes]":
    assert links._process is not None
    return links._process


def test_it_prints_one_line_and_ends_when_its_stdin_closes(server_port: int, database_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "lab.companion",
        "--server-port",
        str(server_port),
        "--database",
        str(database_path),
    ]
    with subprocess.Popen(command, cwd=BACKEND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        process.stdin.close()
        assert process.wait(LONGEST) == 0
        assert process.stdout.read() == b""
    assert set(told) == {"links", "upstream"}


def test_every_network_but_the_direct_one_has_a_link(links: Companion) -> None:
    told = links.links
    assert tuple(link["name"] for link in told) == NETWORKS[1:]
    assert [link["rtt"] for link in told] == [0, 20, 50, 100, 200, 150]
    assert [link["mbit"] for link in told] == [None] * 5 + [1.6]
    assert len({link["port"] for link in told}) == 6


def test_a_link_has_the_port_wanted_or_another_one(database_path: Path) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        links = Companion(port - 20, str(database_path))  # so that "20 ms" wants the taken one
        try:
            ports = {link["name"]: link["port"] for link in links.links}
        finally:
            links.stop()
    assert ports["20 ms"] != port
    wanted = {kind.name: port - 20 + kind.offset for kind in KINDS}
    assert sum(ports[name] == wanted[name] for name in ports) >= 3  # somebody else may have one or the other


def test_a_server_on_the_last_port_has_links_too() -> None:
    links = Companion(65_535, "")
    try:
        assert len(links.links) == 6
    finally:
        links.stop()


def test_the_process_s_links_lead_to_the_server(database_path: Path) -> None:
    async def ask() -> None:
        async with served(echo) as target:
            links = Companion(target, str(database_path))
            try:
                for link in await asyncio.to_thread(lambda: links.links):
                    begun = time.monotonic()
                    async with client(link["port"]) as (reader, writer):
                        writer.write(b"hello")
                        assert await asyncio.wait_for(reader.readexactly(5), LONGEST) == b"hello"
                        assert time.monotonic() - begun >= 2 * link["rtt"] / 1_000
            finally:
                await asyncio.to_thread(links.stop)

    asyncio.run(ask())


def test_links_of_another_process_are_listed_without_starting_one() -> None:
    links = Companion(8_000, "", elsewhere=8_600)
    assert {link["name"]: link["port"] for link in links.links} == {
        "0 ms": 8_601,
        "20 ms": 8_620,
        "50 ms": 8_650,
        "100 ms": 8_700,
        "200 ms": 8_800,
        "slow 4G": 8_750,
    }
    assert links._process is None


def test_it_can_lead_to_a_server_by_name_and_count_its_ports_from_another(server_port: int) -> None:
    async def ask() -> None:
        async with served(echo) as target:
            options = ["--server", "localhost", "--server-port", str(target), "--host", "0.0.0.0", "--database", ""]
            command = [sys.executable, "-m", "lab.companion", *options, "--first", str(server_port)]
            with subprocess.Popen(command, cwd=BACKEND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
                assert process.stdout is not None
                told = json.loads(await asyncio.to_thread(process.stdout.readline))
                ports = {link["name"]: link["port"] for link in told["links"]}
                wanted = {kind.name: server_port + kind.offset for kind in KINDS}
                assert sum(ports[name] == wanted[name] for name in ports) >= 3  # one or the other may be taken
                async with client(ports["20 ms"]) as (reader, writer):
                    writer.write(b"hello")
                    assert await asyncio.wait_for(reader.readexactly(5), LONGEST) == b"hello"
                assert process.stdin is not None
                process.stdin.close()

    asyncio.run(ask())


def test_it_starts_on_first_use_and_once(links: Companion) -> None:
    assert links._process is None
    with ThreadPoolExecutor(8) as threads:
        upstreams = {asked.result() for asked in [threads.submit(lambda: links.upstream) for _ in range(8)]}
    assert len(upstreams) == 1
    process = started_process(links)
    assert links.links
    assert started_process(links) is process


def test_it_starts_again_when_it_has_died(links: Companion) -> None:
    assert links.links
    died = started_process(links)
    died.send_signal(signal.SIGKILL)
    died.wait(LONGEST)
    assert len(links.links) == 6
    assert started_process(links) is not died


def test_stop_ends_the_process_and_may_be_called_twice(links: Companion) -> None:
    assert links.links
    process = started_process(links)
    links.stop()
    assert process.returncode == 0
    assert not exists(process.pid)
    links.stop()


def test_it_ends_when_its_parent_is_killed(database_path: Path) -> None:
    parent = (
        "import sys, time\n"
        "from lab.companion import Companion\n"
        f"links = Companion(64000, {str(database_path)!r})\n"
        "links.links\n"
        "print(links._process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", parent], cwd=BACKEND, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        assert exists(child)
        process.kill()
    deadline = time.monotonic() + LONGEST
    while exists(child) and not is_zombie(child):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_zombie(process: int) -> bool:
    """It has ended and nobody has asked how: in a container the first process may not."""
    status = Path(f"/proc/{process}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return False


def test_a_problem_says_that_it_did_not_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    links = Companion(8_000, "")
    monkeypatch.setattr(companion, "BACKEND", tmp_path)  # where there is no such module
    with pytest.raises(Problem, match="did not start") as told:
        _ = links.links
    assert told.value.status == 503
    assert links._process is None


def test_a_process_that_says_nothing_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "companion.py").write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(companion, "BACKEND", tmp_path)
    monkeypatch.setattr(companion, "LONGEST_START", 0.5)
    monkeypatch.setattr(companion, "LONGEST_STOP", 0.1)
    links = Companion(8_000, "")
    with pytest.raises(Problem, match="did not start"):
        _ = links.upstream
    assert links._process is None
