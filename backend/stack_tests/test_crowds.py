"""The stack under load: many clients at once, a hot key that expires, clients that leave, and slow clients."""

import random
import socket
import ssl
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPSConnection
from statistics import median, quantiles

from .crowd import PAST_VARNISH, cold_lists, cold_report, crowd
from .stack import API, EXPIRE_SOON, PORT, TLS, ask, batch, compose, figure, never_asked
from .watching import connections_noted, logged, requests_noted, sql, total

POOL = 20  # connections to PostgreSQL that pgbouncer makes at most, for all replicas (pgbouncer.ini)
STATEMENTS = "roundtrip_statements_total"


def p99(values: list[float]) -> float:
    return quantiles(values, n=100)[98]


def test_a_thousand_requests_for_one_cold_key_compute_it_once() -> None:
    before = total(STATEMENTS)
    told = crowd([cold_report()] * 1000, connections=10)
    assert {each.status for each in told} == {200}
    assert total(STATEMENTS) - before == 1
    first, *others = sorted(each.ended for each in told)
    figure(
        "1,000 requests for one cold key at once",
        f"1 computation, no error; the first answer after {first:.0f} ms, half of the others"
        f" {median(others) - first:.0f} ms later, the last one {others[-1] - first:.0f} ms later",
    )


def test_without_varnish_all_processes_of_all_replicas_compute_it_once() -> None:
    before = total(STATEMENTS)
    told = crowd([cold_report()] * 250, connections=4, headers=PAST_VARNISH)
    assert {each.status for each in told} == {200}
    assert total(STATEMENTS) - before == 1
    [built] = [each.ended for each in told if "uri-miss; stored" in each.cache]
    late = [each.ended - built for each in told if "collapsed" in each.cache]
    waiters = f"{len(late)} waited for it, up to {max(late):.0f} ms after it" if late else "none waited"
    figure("250 of them at 2 replicas of 2 processes, past Varnish", f"1 computation, no error; {waiters}")


def test_a_hot_key_that_expires_is_computed_once_and_no_client_waits() -> None:
    url = f"{API}/airports?fields={random.choice(('alt', 'lat', 'lon'))},name&limit={random.randrange(20, 100)}"
    compose("exec", "-T", "redis", "redis-cli", "flushall")
    ask(url, Accept_Encoding="br", **PAST_VARNISH)
    before = scans("airports")
    compose("exec", "-T", "api", "python", "-c", EXPIRE_SOON)
    time.sleep(1.5)  # the processes have copies of their own for a second
    with ThreadPoolExecutor(2) as pool:
        both_ways = [pool.submit(crowd, [url] * 1500, 4, 250, headers) for headers in (PAST_VARNISH, {})]
        told = [each for way in both_ways for each in way.result()]
    computed = scans("airports") - before
    assert {each.status for each in told} == {200}
    old = [each for each in told if "hit; ttl=-" in each.cache or "hit; ttl=0" in each.cache]
    assert old  # it did expire
    assert computed <= 1
    assert [each.cache for each in told if "roundtrip; fwd=uri-miss; stored" in each.cache] == []
    # These looked into Redis a second time, because their process was delayed.
    again = [each for each in told if "roundtrip; fwd=uri-miss; collapsed" in each.cache]
    assert len(again) < len(told) / 100
    took = [each.took for each in told]
    figure(
        "a hot key expires under 500 requests/s",
        f"{computed} computation; {len(old)} of {len(told):,} got the old answer meanwhile, {len(again)} waited;"
        f" p50 {median(took):.1f} ms, p99 {p99(took):.1f} ms",
    )


def scans(table: str) -> int:
    """Return how many statements have read a table, which is none that /readyz asks.

    PostgreSQL's processes tell it when they have idled for ten seconds.
    """
    time.sleep(11)
    return int(sql(f"SELECT seq_scan + coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = '{table}'"))


def test_of_ten_thousand_cold_keys_at_once_some_are_answered_and_the_rest_gets_503() -> None:
    agent = f"crowd-{random.randrange(10**9)}"
    with connections_noted() as connections:
        told = crowd(cold_lists(10_000), connections=80, headers={"user-agent": agent})
    statuses = Counter(each.status for each in told)
    assert statuses.keys() == {200, 503}
    assert all(each.headers.get("retry-after") for each in told if each.status == 503)
    assert connections.most() <= POOL
    edge = logged(agent)
    assert len(edge) == 10_000
    admitted = [each["seconds"] for each in edge if each["status"] == 200]
    refused = [each["seconds"] for each in edge if each["status"] == 503]
    assert max(admitted + refused) < 20  # no request waits for a time-out
    figure(
        "10,000 cold keys at once",
        f"{statuses[200]:,} answered, p99 {p99(admitted):.2f} s; {statuses[503]:,} told 503 with Retry-After, p50"
        f" {median(refused):.2f} s, p99 {p99(refused):.2f} s; at most {connections.most():.0f} of {POOL} connections",
    )
    # All is well again after the time in Retry-After.
    time.sleep(max(int(each.headers["retry-after"]) for each in told if each.status == 503))
    assert ask(never_asked()).status == 200


def test_a_client_that_leaves_during_a_batch_holds_no_resources() -> None:
    kinds = {"Content-Type": "application/json", "Accept": "application/x-ndjson"}
    before = total(STATEMENTS)
    with connections_noted("AND state = 'active'") as working, requests_noted() as under_way:
        with ExitStack() as leaving:
            clients = [HTTPSConnection("localhost", PORT, timeout=20, context=TLS) for _ in range(12)]
            for client in clients:
                leaving.callback(client.close)
                client.request("POST", f"{API}/batch", batch([cold_report() for _ in range(20)]), kinds)
            for client in clients:
                assert client.getresponse().readline()
        left = time.time()
        time.sleep(9)
    assert total(STATEMENTS) - before < 12 * 20  # the parts that had not begun when they left were not computed
    database, api = (max(0, noted.last_above_zero() - left) for noted in (working, under_way))
    assert under_way.most() > 0
    assert max(database, api) < 8  # a wide bound, for a busy machine
    figure(
        "12 clients leave in the middle of their batches",
        f"after {database:.2f} s PostgreSQL was free of them, after {api:.2f} s the API",
    )


@contextmanager
def slow_clients(number: int) -> Iterator[list[ssl.SSLSocket]]:
    """Connect clients: a third sends nothing, a third half a request, and a third does not read the answer."""
    body = batch([f"{API}/flights?limit=200&origin={origin}" for origin in ("EWR", "JFK", "LGA")]).encode()
    unread = (
        f"POST {API}/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Accept: application/x-ndjson\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    half = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
    with ExitStack() as held:
        sockets = []
        for index in range(number):
            plain = held.enter_context(socket.socket())
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            plain.connect(("localhost", PORT))
            if index % 3:
                secure = held.enter_context(TLS.wrap_socket(plain, server_hostname="localhost"))
                secure.sendall(half if index % 3 == 1 else unread)
                sockets.append(secure)
        yield sockets


def test_a_thousand_slow_clients_delay_no_other_and_are_disconnected() -> None:
    def others() -> list[float]:
        """Ask for a cached and for new URLs, on one connection that is open before the slow clients come."""
        urls = [path for pair in zip([f"{API}/airlines"] * 300, cold_lists(300), strict=True) for path in pair]
        told = crowd(urls, connections=1, rate=100)
        assert {each.status for each in told} == {200}
        return [each.took for each in told]

    alone = others()
    began = time.monotonic()
    with slow_clients(1000) as slow:
        time.sleep(
            2
        )  # their handshakes and answers cost as much as those of any client; this measures only the waiting
        beside = others()
        slow[0].settimeout(30)
        assert slow[0].recv(1000) in (b"", b"HTTP/1.1 408 Request Time-out\r\n")
        assert time.monotonic() - began < 40
    alone += others()
    ratio = p99(beside) / p99(alone)
    assert ratio < 3  # a wide bound, for a busy machine; a thread for each slow client would make it hundreds
    figure(
        "1,000 slow clients (silent, half a request, half an answer)",
        f"the others' p99 {ratio:.2f} x ({p99(beside):.0f} ms, alone {p99(alone):.0f} ms), p50"
        f" {median(beside) / median(alone):.2f} x",
    )
