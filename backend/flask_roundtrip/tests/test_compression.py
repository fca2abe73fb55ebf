"""br, zstd and gzip, for whole bodies and streams, and their negotiation."""

from collections.abc import Iterator

import pytest
from flask_roundtrip.compression import compress, compress_stream, negotiated
from flask_roundtrip.wire import IDENTITY
from helpers import ARRIVING, WHOLE
from hypothesis import given
from hypothesis import strategies as st

CODINGS = ("br", "zstd", "gzip")


@pytest.mark.parametrize("coding", CODINGS)
def test_a_compressed_body_is_smaller_and_decodes_to_the_same_bytes(coding: str) -> None:
    body = b'{"carrier":"UA","origin":"EWR"}' * 100
    coded = compress(body, coding)
    assert len(coded) < len(body) / 10
    assert WHOLE[coding](coded) == body


@given(st.binary(max_size=5000), st.sampled_from(CODINGS))
def test_any_bytes_decode_to_themselves_and_are_coded_the_same_each_time(body: bytes, coding: str) -> None:
    assert WHOLE[coding](compress(body, coding)) == body
    assert compress(body, coding) == compress(body, coding)


@given(st.lists(st.binary(min_size=1, max_size=500), max_size=10), st.sampled_from(CODINGS))
def test_each_piece_of_a_stream_can_be_read_as_soon_as_it_arrived(pieces: list[bytes], coding: str) -> None:
    read = ARRIVING[coding]()
    coded = list(compress_stream(pieces, coding))
    assert [read(piece) for piece in coded[: len(pieces)]] == pieces
    assert WHOLE[coding](b"".join(coded)) == b"".join(pieces)


def test_a_stream_without_a_coding_is_passed_on_as_it_is() -> None:
    assert list(compress_stream([b"a", b"b"], IDENTITY)) == [b"a", b"b"]


@pytest.mark.parametrize("coding", [*CODINGS, IDENTITY])
def test_closing_a_compressed_stream_closes_its_source(coding: str) -> None:
    closed = []

    def pieces() -> Iterator[bytes]:
        try:
            yield b"one"
            yield b"two"
        finally:
            closed.append(True)

    stream = compress_stream(pieces(), coding)
    next(stream)
    stream.close()  # type: ignore[attr-defined]  # it is a generator
    assert closed == [True]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),  # what browsers send
        ("gzip, zstd", "zstd"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("", IDENTITY),
        ("identity", IDENTITY),
        ("deflate, compress, dcb", IDENTITY),
        ("*", "br"),
        ("br;q=0, *", "zstd"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br;q=0, zstd;q=0, gzip;q=0", IDENTITY),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("identity;q=0, *;q=0.5", "br"),
        ("identity, gzip;q=0.5", IDENTITY),
        ("identity;q=0.5, gzip", "gzip"),
        ("*;q=0", IDENTITY),
        ("br;q=oops", IDENTITY),
        (";;;,,,", IDENTITY),
        ("x" * 5000, IDENTITY),
    ],
)
def test_the_client_s_preference_decides_and_among_equals_the_server_s(accepted: str, coding: str) -> None:
    assert negotiated(accepted) == coding


@given(st.text(max_size=80))
def test_any_header_gets_some_coding(accepted: str) -> None:
    assert negotiated(accepted) in (*CODINGS, IDENTITY)
