"""Puts the layers that the settings ask for around an application. A layer that is switched off does not exist."""

import os

from flask import Flask
from flask_caching.backends.base import BaseCache
from flask_roundtrip.database import Database
from flask_roundtrip.doors.layers import Layer
from flask_roundtrip.doors.wsgi import WSGI
from flask_roundtrip.extension import state_of
from flask_roundtrip.read_replica import ReplicatedDatabase

from ..config import Settings
from ..data.version import DataVersion
from ..extensions import rt
from . import trace_settings
from .border import Border, Witness, note_route
from .health import (
    Check,
    Probes,
    Readiness,
    alive,
    cache_answers,
    data_is_loaded,
    question_is_answered,
    replica_answers,
)


def install(app: Flask, settings: Settings, database: Database, version: DataVersion, backend: BaseCache) -> None:
    """Put around the application what its settings ask for."""
    probes: dict[str, WSGI] = {}
    app.wsgi_app = Probes(app.wsgi_app, probes)  # type: ignore[method-assign]  # Flask's own way to add a middleware
    rt.init_app(app, database=database, changed=version, layers=_layers(app, settings, database.engine.dialect.name))
    state = state_of(app)
    checks = {
        "database": Check(data_is_loaded(database.engine), needed=True, substitute="replica"),
        "answers": Check(question_is_answered(state), needed=True),
        "cache": Check(cache_answers(backend), needed=False),
    }
    if isinstance(database, ReplicatedDatabase):
        checks["replica"] = Check(replica_answers(database, version), needed=False)
    probes.update({"/healthz": alive, "/readyz": Readiness(checks)})
    if settings.metrics == "on":
        from . import metrics

        probes["/metrics"] = metrics.exposition(state.threads)


def _layers(app: Flask, settings: Settings, dialect: str) -> list[Layer]:
    """Return the layers around the application, from the outermost, which a request meets first."""
    layers: list[Layer] = []
    witnesses: list[Witness] = []
    if settings.metrics == "on":
        from . import metrics

        witnesses.append(metrics.count)
    if settings.log_format == "json":
        from . import logs

        logs.configure()
        witnesses.append(logs.RequestLog().note)
    if settings.sentry_dsn:
        from . import errors

        errors.report(settings.sentry_dsn)
    if settings.trusted_proxies:
        from .guards import Proxies

        layers.append(Proxies(settings.trusted_proxies))
    is_traced = trace_settings.wanted(os.environ)
    if witnesses or settings.trusted_proxies or settings.slow_statement or settings.sentry_dsn or is_traced:
        app.before_request(note_route)
        layers.append(Border(witnesses, trusted=settings.trusted_proxies > 0))
    if is_traced:
        from .traces import Traces

        layers.append(Traces(dialect))
    if settings.trusted_hosts:
        from .guards import TrustedHosts

        layers.append(TrustedHosts([host.strip() for host in settings.trusted_hosts.split(",")]))
    if settings.rate_limit:
        from .guards import RateLimited
        from .rate_limit import RateLimit, store_at

        layers.append(RateLimited(RateLimit(settings.rate_limit, store_at(settings.rate_limit_url))))
    return layers
