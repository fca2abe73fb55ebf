"""The Flask extensions, made once and bound to an application by create_app()."""

from typing import TYPE_CHECKING

import flask_migrate
from flask import Blueprint
from flask_caching import Cache
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from flask_roundtrip import Roundtrip

# Every constraint has a name, so that a later migration can change it on every database.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base class of all models, with one scheme of names for constraints."""

    metadata = MetaData(naming_convention=NAMING)


class PlainConfig(flask_migrate.Config):  # type: ignore[misc]  # flask_migrate ships no types
    """Alembic's settings, in which a folder's name may contain %. (ConfigParser reads % as a reference.)"""

    def set_main_option(self, name: str, value: str) -> None:
        """Set an option to this text, with every % kept."""
        super().set_main_option(name, value.replace("%", "%%"))


flask_migrate.Config = PlainConfig  # Migrate.get_config() uses it and has no setting for it
db = SQLAlchemy(model_class=Base)
migrate = Migrate()
cache = Cache()
rt = Roundtrip(db=db, cache=cache)

API = "/api/v1"
api = Blueprint("api", __name__, url_prefix=API)  # the routes of every resource

# Flask-SQLAlchemy makes its base class at run time; a type checker needs one in the source.
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model
