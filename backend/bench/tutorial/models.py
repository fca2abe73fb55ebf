"""The tables as ORM entities."""

from datetime import datetime

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ForeignKey
from sqlalchemy.dialects.sqlite import DATETIME
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

# The text form in which the times are stored. Reading needs no regular expression: fromisoformat() knows it.
_ISO = "%(year)04d-%(month)02d-%(day)02dT%(hour)02d:%(minute)02d:%(second)02d"
LOCAL = DATETIME(storage_format=_ISO)  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


class Base(DeclarativeBase):
    """The base of the models."""


db = SQLAlchemy(model_class=Base)


class Airline(Base):
    """A carrier."""

    __tablename__ = "airlines"

    carrier: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Airport(Base):
    """An airport."""

    __tablename__ = "airports"

    faa: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    lat: Mapped[float]
    lon: Mapped[float]
    alt: Mapped[int]
    tz: Mapped[float]
    dst: Mapped[str]
    tzone: Mapped[str | None]
    served: Mapped[bool]


class Plane(Base):
    """A plane."""

    __tablename__ = "planes"

    tailnum: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int | None]
    type: Mapped[str]
    manufacturer: Mapped[str]
    model: Mapped[str]
    engines: Mapped[int]
    seats: Mapped[int]
    speed: Mapped[int | None]
    engine: Mapped[str]


class Weather(Base):
    """An hour of weather."""

    __tablename__ = "weather"

    id: Mapped[int] = mapped_column(primary_key=True)
    origin: Mapped[str]
    time_hour: Mapped[datetime] = mapped_column(LOCAL)
    local_hour: Mapped[datetime] = mapped_column(LOCAL)
    temp: Mapped[float | None]
    dewp: Mapped[float | None]
    humid: Mapped[float | None]
    wind_dir: Mapped[int | None]
    wind_speed: Mapped[float | None]
    wind_gust: Mapped[float | None]
    precip: Mapped[float | None]
    pressure: Mapped[float | None]
    visib: Mapped[float | None]


class Flight(Base):
    """A flight."""

    __tablename__ = "flights"

    id: Mapped[int] = mapped_column(primary_key=True)
    carrier: Mapped[str] = mapped_column(ForeignKey("airlines.carrier"))
    flight: Mapped[int]
    tailnum: Mapped[str | None]
    plane_tailnum: Mapped[str | None] = mapped_column(ForeignKey("planes.tailnum"))
    origin: Mapped[str] = mapped_column(ForeignKey("airports.faa"))
    dest: Mapped[str]
    dest_faa: Mapped[str | None] = mapped_column(ForeignKey("airports.faa"))
    weather_id: Mapped[int | None] = mapped_column(ForeignKey("weather.id"))
    sched_dep: Mapped[datetime] = mapped_column(LOCAL)
    dep: Mapped[datetime | None] = mapped_column(LOCAL)
    dep_delay: Mapped[int | None]
    sched_arr: Mapped[datetime] = mapped_column(LOCAL)
    arr: Mapped[datetime | None] = mapped_column(LOCAL)
    arr_delay: Mapped[int | None]
    air_time: Mapped[int | None]
    distance: Mapped[int]
    time_hour: Mapped[datetime] = mapped_column(LOCAL)
    status: Mapped[str]
    month: Mapped[str]

    # Every list shows the airline's name; the others are joined where a view asks for them.
    airline: Mapped[Airline] = relationship(lazy="joined", innerjoin=True)
    plane: Mapped[Plane | None] = relationship()
    origin_airport: Mapped[Airport] = relationship(foreign_keys=[origin])
    dest_airport: Mapped[Airport | None] = relationship(foreign_keys=[dest_faa])
    weather: Mapped[Weather | None] = relationship()
