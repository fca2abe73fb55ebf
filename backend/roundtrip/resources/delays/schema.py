"""The fields of a report of delays, and its arguments."""

from typing import Any

from flask_roundtrip.arguments import Arguments
from marshmallow import Schema, fields, post_load, validates_schema
from marshmallow.exceptions import ValidationError

from ..flights.schema import FlightFilters
from .model import CLASS_BOUNDS

DIMENSIONS = {
    "carrier": ("carrier",),
    "origin": ("origin",),
    "dest": ("dest",),
    "route": ("origin", "dest"),
    "month": ("month",),
    "date": ("date",),
    "weekday": ("weekday",),
    "hour": ("hour",),
    "tailnum": ("tailnum",),
}
MOST_DIMENSIONS = 2


class DelaySchema(Schema):
    """The measures of a set of flights. The fields of `by` identify the set."""

    carrier = fields.String(metadata={"description": "Only with by=carrier."})
    origin = fields.String(metadata={"description": "Only with by=origin or by=route."})
    dest = fields.String(metadata={"description": "Only with by=dest or by=route."})
    month = fields.String(metadata={"description": "Only with by=month.", "example": "2013-01"})
    date = fields.String(metadata={"description": "Only with by=date.", "example": "2013-01-31"})
    weekday = fields.Integer(metadata={"description": "Only with by=weekday: 1 is Monday."})
    hour = fields.Integer(metadata={"description": "Only with by=hour: of the scheduled departure, local."})
    tailnum = fields.String(
        allow_none=True, metadata={"description": "Only with by=tailnum; null of the flights whose plane is unknown."}
    )
    count = fields.Integer(metadata={"description": "Scheduled flights."})
    cancelled = fields.Integer()
    diverted = fields.Integer()
    on_time = fields.Integer(metadata={"description": "Arrived less than 15 minutes late."})
    delayed = fields.Integer(metadata={"description": "Arrived 15 minutes late or more."})
    on_time_share = fields.Float(
        allow_none=True,
        metadata={
            "description": "on_time / count. Cancelled and diverted flights count as not on time, as the US "
            "Bureau of Transportation Statistics counts them."
        },
    )
    mean_delay = fields.Float(
        allow_none=True, metadata={"description": "Minutes of arrival delay, over flights that arrived."}
    )
    var_delay = fields.Float(
        allow_none=True,
        metadata={
            "description": "Variance of the arrival delay over flights that arrived (on_time + delayed), in square "
            "minutes, with n - 1; null of fewer than two. The standard error of mean_delay is the root of "
            "var_delay / (on_time + delayed)."
        },
    )
    mean_dep_delay = fields.Float(
        allow_none=True, metadata={"description": "Minutes of departure delay, over flights that left."}
    )
    median_delay = fields.Float(
        allow_none=True,
        metadata={
            "description": "Median arrival delay in minutes, over flights that arrived. It is estimated from the "
            "classes of the histogram by linear interpolation within the class (the median of grouped data), so it "
            "is exact to the class; null if it lies in the first or the last class, or if no flight arrived."
        },
    )
    p10_delay = fields.Float(
        allow_none=True,
        metadata={"description": "Minutes that one of ten flights that arrived stays below; told as the median is."},
    )
    p90_delay = fields.Float(
        allow_none=True,
        metadata={"description": "90th percentile of the arrival delay in minutes; estimated like the median."},
    )
    histogram = fields.List(
        fields.Integer(),
        metadata={
            "description": "Flights in each class of arrival delay. Lower bounds of the classes, in minutes: "
            f"none, {', '.join(map(str, CLASS_BOUNDS))}."
        },
    )


class Dimensions(fields.String):
    """One or two dimensions, separated by a comma."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        names = text.split(",")
        unknown = [name for name in names if name not in DIMENSIONS]
        if unknown:
            raise ValidationError(f"Expected one of {', '.join(DIMENSIONS)}; got {unknown[0][:40]!r}.")
        if len(names) > MOST_DIMENSIONS or len(set(names)) < len(names):
            raise ValidationError(f"Expected at most {MOST_DIMENSIONS} different dimensions.")
        return text


class DelayArguments(FlightFilters, Arguments):
    """The filters of the flights to measure, and the dimensions of the report."""

    by = Dimensions(
        load_default="",
        metadata={
            "description": f"At most two of {', '.join(DIMENSIONS)}, by a comma; none for one total. A report that "
            "would take too long is refused, with advice to narrow it: such as by date and destination over a year."
        },
    )

    @validates_schema
    def _fields_of_by(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Refuse the fields of a dimension that is not in `by`: they would have no value."""
        going_by = dimensions_of(data.get("by", ""))
        all_dimensions = {name for names in DIMENSIONS.values() for name in names}
        strange = [
            name for name in data.get("fields_", "").split(",") if name in all_dimensions and name not in going_by
        ]
        if strange:
            raise ValidationError(f"{strange[0]} is a field only of a report with that dimension in `by`.", "fields")

    @post_load
    def _default_fields(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        usual = "count,cancelled,diverted,on_time,delayed,on_time_share,mean_delay"
        data.setdefault("fields_", ",".join((*dimensions_of(data["by"]), usual)))
        return data


def dimensions_of(by: str) -> tuple[str, ...]:
    """Return the fields that identify the items of a report by these dimensions, in order."""
    names = by.split(",") if by else []
    return tuple(dict.fromkeys(field for name in names for field in DIMENSIONS[name]))
