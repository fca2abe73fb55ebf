"""The schemas of the answers: one for each model, and one instance for each use."""

from marshmallow import Schema, fields


class AirlineSchema(Schema):
    """An airline on the wire."""

    carrier = fields.String()
    name = fields.String()


class AirportSchema(Schema):
    """An airport on the wire."""

    faa = fields.String()
    name = fields.String()
    lat = fields.Float()
    lon = fields.Float()
    alt = fields.Integer()
    tz = fields.Float()
    dst = fields.String()
    tzone = fields.String()


class PlaneSchema(Schema):
    """A plane on the wire."""

    tailnum = fields.String()
    year = fields.Integer()
    type = fields.String()
    manufacturer = fields.String()
    model = fields.String()
    engines = fields.Integer()
    seats = fields.Integer()
    speed = fields.Integer()
    engine = fields.String()


class WeatherSchema(Schema):
    """An hour of weather on the wire."""

    id = fields.Integer()
    origin = fields.String()
    time_hour = fields.DateTime()
    local_hour = fields.DateTime()
    temp = fields.Float()
    dewp = fields.Float()
    humid = fields.Float()
    wind_dir = fields.Integer()
    wind_speed = fields.Float()
    wind_gust = fields.Float()
    precip = fields.Float()
    pressure = fields.Float()
    visib = fields.Float()


class FlightSchema(Schema):
    """A flight on the wire."""

    id = fields.Integer()
    carrier = fields.String()
    flight = fields.Integer()
    tailnum = fields.String()
    origin = fields.String()
    dest = fields.String()
    sched_dep = fields.DateTime()
    dep = fields.DateTime()
    dep_delay = fields.Integer()
    sched_arr = fields.DateTime()
    arr = fields.DateTime()
    arr_delay = fields.Integer()
    air_time = fields.Integer()
    distance = fields.Integer()
    status = fields.String()
    time_hour = fields.DateTime()
    airline = fields.Nested(AirlineSchema)
    plane = fields.Nested(PlaneSchema)
    origin_airport = fields.Nested(AirportSchema)
    dest_airport = fields.Nested(AirportSchema)
    weather = fields.Nested(WeatherSchema)


class DelaySchema(Schema):
    """Delays of a set of flights on the wire."""

    carrier = fields.String()
    month = fields.String()
    count = fields.Integer()
    cancelled = fields.Integer()
    on_time_share = fields.Float()
    mean_delay = fields.Float()


flight_schema = FlightSchema()
flights_schema = FlightSchema(
    many=True, only=("id", "carrier", "flight", "dest", "sched_dep", "dep_delay", "arr_delay", "airline.name")
)
rows_schema = FlightSchema(
    many=True,
    only=(
        *("id", "carrier", "flight", "origin", "dest", "sched_dep", "dep", "dep_delay"),
        *("arr_delay", "distance", "status"),
    ),
)
airlines_schema = AirlineSchema(many=True)
airports_schema = AirportSchema(many=True, only=("faa", "name"))
weathers_schema = WeatherSchema(many=True, exclude=("id",))
by_carrier_schema = DelaySchema(many=True, exclude=("month",))
by_month_schema = DelaySchema(many=True, exclude=("carrier",))
