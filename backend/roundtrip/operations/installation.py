"""Puts around an application what its settings ask for. What they do not ask for costs nothing: it is not there."""

import os

from flask import Flask
from flask_caching.backends.base import BaseCache
from flask_roundtrip.database import Database
from flask_roundtrip.doors.wsgi import WSGI
from flask_roundtrip.extension import state_of
from flask_roundtrip.read_replica import ReplicatedDatabase
from werkzeug.middleware.proxy_fix import ProxyFix

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
    """Put the layers around the application, from the innermost, which a request meets last."""
    probes: dict[str, WSGI] = {}
    app.wsgi_app = Probes(app.wsgi_app, probes)  # type: ignore[method-assign]  # Flask's own way to add a middleware
    rt.init_app(app, database=database, changed=version)
    state = state_of(app)
    checks = {
        "database": Check(data_is_loaded(database.engine), needed=True, substitute="replica"),
        "answers": Check(question_is_answered(state), needed=True),
        "cache": Check(cache_answers(backend), needed=False),
    }
    if isinstance(database, ReplicatedDatabase):
        checks["replica"] = Check(replica_answers(database, version), needed=False)
    probes.update({"/healthz": alive, "/readyz": Readiness(checks)})
    layer: WSGI = app.wsgi_app
    witnesses: list[Witness] = []
    if settings.metrics == "on":
        from . import metrics

        probes["/metrics"] = metrics.exposition(state.threads)
        witnesses.append(metrics.count)
    if settings.rate_limit:
        from .guards import RateLimited
        from .rate_limit import RateLimit, store_at

        layer = RateLimited(layer, RateLimit(settings.rate_limit, store_at(settings.rate_limit_url)))
    if settings.trusted_hosts:
        from .guards import TrustedHosts

        layer = TrustedHosts(layer, [host.strip() for host in settings.trusted_hosts.split(",")])
    if settings.log_format == "json":
        from . import logs

        logs.configure()
        witnesses.append(logs.RequestLog().note)
    if trace_settings.wanted(os.environ):
        from .traces import Traces

        layer = Traces(layer, database.engine.dialect.name)
    if witnesses or settings.trusted_proxies or settings.slow_statement or trace_settings.wanted(os.environ):
        app.before_request(note_route)
        layer = Border(layer, witnesses, trusted=settings.trusted_proxies > 0)
    if settings.trusted_proxies:
        layer = ProxyFix(layer, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies)
    app.wsgi_app = layer  # type: ignore[method-assign, assignment]  # as above
