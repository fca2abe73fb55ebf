"""The delay link: a TCP proxy that imitates a long way between a browser and this server.

A link has a round-trip time, and it can have a rate. It holds each chunk for half of the round-trip time, in both
directions. All connections share the rate as they share a real line: packets leave one after another, and connections
take turns. The first bytes of a new connection wait one more round trip, the time of TCP's handshake; the real
handshake is with this process, and takes no time. A connection that is opened early has this wait behind it when it
is used, as in reality.

When one side ends its half of a connection, the link ends it at the other side too, after all bytes before it and
half a round trip later. A reset arrives there as an end. A connection holds at most 1 MiB in each direction and then
reads no further, like a TCP window: at 200 ms that is 10 MB/s.

The link does not interpret the bytes. So TLS, which the edge uses, passes through it.

It does not model loss, jitter, slow start and DNS. So many short connections look better here than they are. The
link is never early. It is late by up to 1 ms in each direction, because asyncio rounds timers up, or by more if the
machine is busy.
"""

import asyncio
import socket

HOST = "127.0.0.1"
HELD = 1 << 20  # bytes of one connection, one way
CHUNK = 1 << 16  # bytes read at once without a rate
PACKET = 1_460  # bytes with a rate: the content of one Ethernet frame


class Link:
    """A link to a port of this machine, or of another one: `server`.

    `rtt` is in ms. `down` (to the client) and `up` are in Mbit/s of 1,000,000 bits, without headers; None means no
    limit. If the target does not answer, the link closes the client's connection.
    """

    def __init__(
        self, target: int, rtt: float, down: float | None = None, up: float | None = None, server: str = HOST
    ) -> None:
        self._target = target
        self._server_name = server
        self._rtt = rtt / 1_000
        self._up = _Way(self._rtt / 2, up)
        self._down = _Way(self._rtt / 2, down)
        self._connections: set[asyncio.Task[None]] = set()

    async def open(self, port: int = 0, host: str = HOST) -> int:
        """Listen on a port, or on any free one (0), and return it. Raises OSError if the port is taken."""
        self._server = await asyncio.start_server(self._accept, host, port, limit=CHUNK)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening, and close every connection."""
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(self._join(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _join(self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        """Carry bytes in both directions until both sides have ended. One side can end long before the other."""
        accepted = asyncio.get_running_loop().time()
        ends = [to_client]
        try:
            from_target, to_target = await asyncio.open_connection(self._server_name, self._target, limit=CHUNK)
            ends.append(to_target)
            for end in ends:
                end.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await asyncio.gather(
                # The client may send after the handshake's first two packets, the target after the third.
                self._up.carry(from_client, to_target, accepted + self._rtt),
                self._down.carry(from_target, to_client, accepted + self._rtt * 1.5),
            )
        except OSError:
            pass  # nobody listens at the target
        finally:
            for end in ends:
                end.close()


class _Way:
    """One direction of a link, for all its connections. `delay` is in seconds."""

    def __init__(self, delay: float, mbit: float | None) -> None:
        self._delay = delay
        self._seconds_per_byte = 8 / (mbit * 1_000_000) if mbit else 0.0
        self._size = PACKET if mbit else CHUNK
        self._free = 0.0  # when the line is free again

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, opens: float) -> None:
        """Carry all bytes from a reader to a writer, then the end. No byte leaves before `opens`."""
        flight = _Flight()
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._send(reader, flight, opens))
                both.create_task(self._deliver(flight, writer))
        except* OSError:
            pass  # the receiver has gone; its other direction ends by itself

    async def _send(self, reader: asyncio.StreamReader, flight: "_Flight", opens: float) -> None:
        loop = asyncio.get_running_loop()
        data = b"to begin with"
        while data:
            try:
                data = await reader.read(self._size)
            except OSError:
                data = b""
            takes = len(data) * self._seconds_per_byte
            if not takes:
                await flight.put(max(loop.time(), opens) + self._delay, data)
                continue
            await _sleep_until(opens)  # a turn is taken only when it begins
            begins = max(loop.time(), self._free)
            self._free = begins + takes
            await flight.put(self._free + self._delay, data)
            await _sleep_until(begins)  # so a late timer leaves no gap on the line

    async def _deliver(self, flight: "_Flight", writer: asyncio.StreamWriter) -> None:
        while data := await flight.get():
            writer.write(data)
            await writer.drain()
        writer.write_eof()


class _Flight:
    """The chunks on their way on one connection, in order: time of arrival, and bytes. Empty bytes are the end."""

    def __init__(self) -> None:
        self._chunks: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        self._held = 0
        self._room = asyncio.Event()

    async def put(self, arrives: float, data: bytes) -> None:
        """Add a chunk, then wait until there is room for another."""
        self._chunks.put_nowait((arrives, data))
        self._held += len(data)
        while self._held > HELD - CHUNK:
            self._room.clear()
            await self._room.wait()

    async def get(self) -> bytes:
        """Return the next chunk, when it arrives."""
        arrives, data = await self._chunks.get()
        await _sleep_until(arrives)
        self._held -= len(data)
        self._room.set()
        return data


async def _sleep_until(when: float) -> None:
    """Sleep until a time of the loop's clock. If it has passed, return at once."""
    left = when - asyncio.get_running_loop().time()
    if left > 0:
        await asyncio.sleep(left)
