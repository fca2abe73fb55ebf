"""flask-roundtrip: techniques for quick answers of a Flask application, one in each file.

Each name is imported when it is first used, so that the core needs Flask alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import fields as fields
    from .batch import Batch as Batch
    from .cached_view import cached as cached
    from .cached_view import invalidate as invalidate
    from .extension import Roundtrip as Roundtrip
    from .fields import select as select
    from .pagination import keyset as keyset
    from .timing import ServerTiming as ServerTiming
    from .timing import current_timing as current_timing
    from .wire import Fault as Fault
    from .wire import Freshness as Freshness
    from .wire import Problem as Problem

_WHERE = {
    "Roundtrip": "extension",
    "Freshness": "wire",
    "Problem": "wire",
    "Fault": "wire",
    "cached": "cached_view",
    "invalidate": "cached_view",
    "Batch": "batch",
    "ServerTiming": "timing",
    "current_timing": "timing",
    "select": "fields",
    "keyset": "pagination",
}
_EXTRAS = {"extension": "marshmallow,sqlalchemy", "fields": "marshmallow", "pagination": "marshmallow,sqlalchemy"}
__all__ = ["fields", *_WHERE]


def __getattr__(name: str) -> Any:
    file = "fields" if name == "fields" else _WHERE.get(name)
    if file is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f".{file}", __name__)
    except ModuleNotFoundError as error:
        if file not in _EXTRAS:
            raise
        said = f"{name} needs {error.name}, of an extra: pip install 'flask-roundtrip[{_EXTRAS[file]}]'"
        raise ImportError(said) from error
    return module if name == file else getattr(module, name)
