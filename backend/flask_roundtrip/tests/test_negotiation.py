"""JSON by default, MessagePack on request, 406 for a client that accepts neither."""

from contextlib import suppress

import pytest
from flask_roundtrip.negotiation import media_type_for
from flask_roundtrip.wire import JSON, MSGPACK
from hypothesis import given
from hypothesis import strategies as st

from flask_roundtrip import Problem


@pytest.mark.parametrize(
    ("accepted", "media_type"),
    [
        ("application/msgpack", MSGPACK),
        ("application/json", JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", JSON),  # a browser's address bar
        ("application/json, text/plain, */*", JSON),  # axios
        ("application/json;q=0.5, application/msgpack", MSGPACK),
        ("application/msgpack;q=0.5, */*", JSON),
        ("application/json;q=0, */*", MSGPACK),
        ("APPLICATION/MSGPACK", MSGPACK),
        ("application/json; charset=utf-8", JSON),
        ("application/json;odata=verbose;q=0.5, application/msgpack;q=0.6", MSGPACK),
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", JSON),  # Java's HttpURLConnection, for many years
        ("text/html, *;q=.2", JSON),
        ("application/json;q=.2, application/msgpack;q=.3", MSGPACK),
        ("application/json; q=abc", JSON),  # no quality, so the default of 1
        ("application/json;q=0.9, application/msgpack;q=2", MSGPACK),
        (";;;", JSON),
        (",", JSON),
        ("json", JSON),  # it cannot be parsed, and counts as absent
    ],
)
def test_the_client_s_preferred_media_type_is_chosen(accepted: str, media_type: str) -> None:
    assert media_type_for(accepted) == media_type


@pytest.mark.parametrize("accepted", ["text/html", "image/*", "application/json;q=0", "application/xml"])
def test_the_406_lists_the_offered_media_types(accepted: str) -> None:
    with pytest.raises(Problem, match="offered as application/json and application/msgpack") as raised:
        media_type_for(accepted)
    assert raised.value.status == 406


@given(st.text(max_size=80))
def test_any_header_is_answered_or_is_a_406(accepted: str) -> None:
    with suppress(Problem):
        assert media_type_for(accepted) in (JSON, MSGPACK)
