"""OpenTelemetry's own settings, as far as this application reads them: whether traces are sent, and what is wrong.

Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/. The SDK answers a value that
it does not know with a line in the log and a default; here the process does not start.
"""

import math
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from urllib.parse import urlsplit

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PACKAGES = "backend/requirements-monitoring.txt"
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_HEADERS = ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS")
_TIMEOUTS = ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT")
_WHOLE = ("OTEL_BSP_SCHEDULE_DELAY", "OTEL_BSP_MAX_QUEUE_SIZE", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE")
_SAMPLERS = ("always_on", "always_off", "traceidratio")


def wanted(environment: Mapping[str, str]) -> bool:
    """Tell whether traces are sent: an endpoint is named, and nothing turns them off."""
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    if environment.get("OTEL_TRACES_EXPORTER", "otlp").strip().lower() == "none":
        return False
    return any(environment.get(name, "").strip() for name in ENDPOINTS)


def wrong(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield what traces cannot be sent with; nothing where none are wanted."""
    if not wanted(environment):
        return
    if not _is_installed():
        yield f"{ENDPOINTS[1]}: traces need the packages of {PACKAGES}; `make run` installs them."
    exporter = environment.get("OTEL_TRACES_EXPORTER", "otlp").strip().lower()
    if exporter != "otlp":
        yield f"OTEL_TRACES_EXPORTER: expected otlp or none, got {exporter!r}."
    for name in _given(environment, ENDPOINTS):
        if not _is_url(environment[name]):  # it is not repeated: it can hold a password
            yield f"{name}: expected a URL such as http://localhost:4318."
    for name in _given(environment, _PROTOCOLS):
        if environment[name].strip() != "http/protobuf":
            yield f"{name}: expected http/protobuf, got {environment[name]!r}."
    for name in _given(environment, _HEADERS):
        pairs = [pair.partition("=") for pair in environment[name].strip(" ,").split(",")]
        if not all(key.strip() and value.strip() for key, _, value in pairs):  # not repeated: it holds a key
            yield f"{name}: expected name=value, or several of them, separated by commas."
    for name in _given(environment, _TIMEOUTS):
        if not 0 < _number(environment[name]) < math.inf:
            yield f"{name}: expected seconds, got {environment[name]!r}."
    for name in _given(environment, _WHOLE):
        if not (environment[name].strip().isdecimal() and int(environment[name]) > 0):
            yield f"{name}: expected a whole number above 0, got {environment[name]!r}."
    yield from _wrong_sampler(environment)


def wrong_dsn(dsn: str) -> Iterator[str]:
    """Yield what is wrong with the name of a project in Sentry. It is not repeated: it is a key."""
    try:
        url = urlsplit(dsn)
        is_dsn = (
            url.scheme in ("http", "https") and bool(url.username and url.hostname) and url.path.strip("/").isdigit()
        )
    except ValueError:
        is_dsn = False
    if not is_dsn:
        yield "SENTRY_DSN: expected the DSN of a project, such as https://KEY@oORGANIZATION.ingest.sentry.io/PROJECT."
    if find_spec("sentry_sdk") is None:
        yield f"SENTRY_DSN: this needs the packages of {PACKAGES}; `make run` installs them."


def _wrong_sampler(environment: Mapping[str, str]) -> Iterator[str]:
    sampler = environment.get("OTEL_TRACES_SAMPLER", "parentbased_always_on").strip().lower()
    if sampler.removeprefix("parentbased_") not in _SAMPLERS:
        yield f"OTEL_TRACES_SAMPLER: expected {', '.join(_SAMPLERS)}, or parentbased_ and one of them, got {sampler!r}."
    ratio = environment.get("OTEL_TRACES_SAMPLER_ARG", "")
    if sampler.endswith("traceidratio") and not 0 <= _number(ratio) <= 1:
        yield f"OTEL_TRACES_SAMPLER_ARG: expected a share from 0 to 1, such as 0.05, got {ratio!r}."


def _given(environment: Mapping[str, str], names: tuple[str, ...]) -> list[str]:
    return [name for name in names if environment.get(name, "").strip()]


def _is_installed() -> bool:
    try:
        return (
            find_spec("opentelemetry.sdk.trace") is not None
            and find_spec("opentelemetry.exporter.otlp.proto.http") is not None
        )
    except ModuleNotFoundError:
        return False


def _is_url(text: str) -> bool:
    try:
        url = urlsplit(text.strip())
        return url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        return False


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
