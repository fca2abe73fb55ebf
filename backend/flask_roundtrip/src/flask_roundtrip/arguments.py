"""Query parameters: marshmallow loads them, and their canonical form is the cache key.

Only declared parameters are accepted, each once. An unknown or a repeated parameter gets a 400: it could split the
cache, or pass unnoticed.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from marshmallow import RAISE, Schema, ValidationError, fields, missing, post_load, validate, validates_schema
from werkzeug.routing import IntegerConverter, UnicodeConverter

from .wire import Fault, Problem

LONGEST_QUERY = 2048  # bytes
LARGEST = 2**31 - 1
MOST_ITEMS = 200
DEFAULT_ITEMS = 50

_WHOLE = re.compile(r"-?[0-9]{1,10}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Arguments(Schema):
    """The parameters of every GET."""

    class Meta:
        """Refuse undeclared parameters."""

        unknown = RAISE

    fields_ = fields.String(
        data_key="fields",
        metadata={"description": "The fields to answer: names joined by commas, dotted where a resource is nested."},
    )


class Pattern(validate.Regexp):
    """A pattern for the whole text, `^...$`, valid in Python and in ECMA-262, the dialect of OpenAPI.

    (In Python alone `$` also matches before a newline at the end.)
    """

    def __call__(self, value: str) -> str:  # type: ignore[override]  # only for texts
        """Return the text, or raise ValidationError."""
        if re.fullmatch(str(self.regex.pattern), value) is None:
            raise ValidationError(self._format_error(value))
        return value


class Whole(fields.Integer):
    """A whole number in plain digits. (Python's int() would read "1_0", " 5" and the digits of any script.)"""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not _WHOLE.fullmatch(value):
            raise ValidationError("Not a valid integer.")
        return super()._deserialize(value, attr, data, **kwargs)


class NoFilter(str):
    """A value that filters nothing out: parse() leaves its parameter out."""


class Chosen(fields.String):
    """Some of the whole numbers of a circle, such as hours: single numbers and ranges, joined by commas: 6,17-21.

    A range goes on over the end of the circle: hours 22-3 are 22, 23, 0, 1, 2 and 3. The value is loaded as the text of
    all chosen numbers, ascending, so that `6,7` and `6-7` share one cache entry.
    """

    def __init__(self, least: int, most: int, number: str, example: str, **kwargs: Any) -> None:
        self.numbers = range(least, most + 1)
        item = f"{number}(-{number})?"
        error = f"Expected {example}, with numbers from {least} to {most}."
        super().__init__(validate=Pattern(f"^{item}(,{item}){{0,{most}}}$", error=error), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        self._validate(text)
        chosen = sorted(set(self._each(text)))
        kind = NoFilter if len(chosen) == len(self.numbers) else str
        return kind(",".join(map(str, chosen)))

    def _each(self, text: str) -> Iterator[int]:
        circle = len(self.numbers)
        for item in text.split(","):
            first, _, last = item.partition("-")
            steps = (int(last or first) - int(first)) % circle
            yield from (self.numbers[(int(first) - self.numbers[0] + step) % circle] for step in range(steps + 1))


class PlainDigits(IntegerConverter):
    """A whole number in plain digits, in a path. (Werkzeug's own converter takes the digits of any script.)"""

    regex = r"0|[1-9][0-9]*"  # one address for one number


class UpperCode(UnicodeConverter):
    """An upper-case code in a path, such as JFK; lower case is understood, as in filters by a Code."""

    def to_python(self, value: str) -> str:
        """Return the code, by which both spellings share one cache entry."""
        return str(_upper(value))


class Day(fields.Date):
    """A date such as 2013-01-31; the other forms of ISO 8601 are refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not _DAY.fullmatch(value):
            raise ValidationError("Not a valid date.")
        return super()._deserialize(value, attr, data, **kwargs)


class PageArguments(Arguments):
    """The parameters of every list."""

    limit = Whole(
        load_default=DEFAULT_ITEMS,
        validate=validate.Range(1, MOST_ITEMS),
        metadata={"description": "The largest number of items in the answer."},
    )
    after = fields.String(validate=validate.Length(1, 512), metadata={"description": "The `next` of the page before."})


class Code(fields.String):
    """An upper-case code, such as JFK; lower case is understood."""

    def __init__(self, shortest: int, longest: int, **kwargs: Any) -> None:
        letters = Pattern(f"^[A-Za-z0-9]{{{shortest},{longest}}}$", error="Expected a code, such as JFK.")
        super().__init__(validate=letters, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return str(_upper(super()._deserialize(value, attr, data, **kwargs)))


class Phrase(fields.String):
    """A few words to search for."""

    def __init__(self, **kwargs: Any) -> None:
        plain = Pattern(r"^[^%_\\\x00-\x1f\x7f]+$", error="Expected words, without %, _ and \\.")
        super().__init__(validate=[validate.Length(1, 64), plain], **kwargs)


class Dates(Schema):
    """One local day (`date`), or a span of days (`from`, `to`, both inclusive), and of these days those in one `month`.

    They are loaded as the two ends of a half-open span of local time, `from` and `before`, as ISO 8601 text. So
    `date=D` and `from=D&to=D` share one cache entry, and an index on the time serves a month too.
    """

    date = Day(metadata={"description": "Local date, such as 2013-01-31. It cannot be combined with from and to."})
    from_ = Day(data_key="from", metadata={"description": "First local date."})
    to = Day(metadata={"description": "Last local date, included."})

    month = fields.String(
        validate=Pattern(r"^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])$", error="Expected a month, such as 2013-01."),
        metadata={"description": "Local month, such as 2013-01."},
    )

    @validates_schema
    def _one_way_to_say_it(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "date" in data and ("from_" in data or "to" in data):
            raise ValidationError("Not together with from or to.", "date")
        if "from_" in data and "to" in data and data["from_"] > data["to"]:
            raise ValidationError("Before the first date.", "to")

    @post_load
    def _as_span(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        day = data.pop("date", None)
        first, last = data.pop("from_", day) or date.min, data.pop("to", day) or date.max
        if "month" in data:
            begins = date.fromisoformat(f"{data.pop('month')}-01")
            ends = begins.replace(day=monthrange(begins.year, begins.month)[1])
            first, last = max(first, begins), min(last, ends)
        if first > date.min:
            data["from"] = f"{first.isoformat()}T00:00:00"
        if last < date.max:
            data["before"] = f"{(last + timedelta(days=1)).isoformat()}T00:00:00"
        return data


def parse(schema: type[Arguments], query: str, path_arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the validated arguments of a request. Raises Problem (400) that names each parameter at fault."""
    given = _pairs(query)
    faults = [Fault(name, "given more than once") for name in given if len(given[name]) > 1]
    if faults:
        raise Problem.of_parameters(*faults)
    try:
        loaded: dict[str, Any] = _loader(schema, frozenset(given) & _names(schema)).load(
            {name: values[0] for name, values in given.items()}
        )
    except ValidationError as error:
        raise Problem.of_parameters(*_faults(schema, error)) from None
    loaded = {name: value for name, value in loaded.items() if not isinstance(value, NoFilter)}
    return {**loaded, **path_arguments}


def canonical(arguments: Mapping[str, Any]) -> str:
    """Return the canonical form of these arguments: sorted, written as in a URL."""
    return "&".join([f"{_quoted(name)}={_quoted(_text(arguments[name]))}" for name in sorted(arguments)])


def as_dates(arguments: Mapping[str, Any]) -> dict[str, str]:
    """Turn the span that Dates loaded back into the parameters `from` and `to`."""
    dates = {}
    if "from" in arguments:
        dates["from"] = arguments["from"][:10]
    if "before" in arguments:
        dates["to"] = (date.fromisoformat(arguments["before"][:10]) - timedelta(days=1)).isoformat()
    return dates


@lru_cache
def declared(schema: type[Arguments]) -> dict[str, fields.Field[Any]]:
    """Return the schema's parameters by the names that a URL uses."""
    return {field.data_key or name: field for name, field in schema().load_fields.items()}


@lru_cache
def _names(schema: type[Arguments]) -> frozenset[str]:
    return frozenset(declared(schema))


@lru_cache(maxsize=1024)
def _loader(schema: type[Arguments], given: frozenset[str]) -> Arguments:
    """Return the schema with only the given parameters and those with a default: each parameter costs time."""
    fields = declared(schema)
    known = [name for name in fields if name in given or fields[name].load_default is not missing]
    return schema(only=[str(fields[name].name) for name in known])


def _pairs(query: str) -> dict[str, list[str]]:
    if len(query) > LONGEST_QUERY:
        raise Problem(414, f"The query has {len(query)} bytes; at most {LONGEST_QUERY} are read.")
    given: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), errors="strict")
    except ValueError:
        raise Problem(400, "The query is malformed: expected name=value pairs in UTF-8, joined by &.") from None
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    return given


def _faults(schema: type[Arguments], error: ValidationError) -> list[Fault]:
    messages = error.normalized_messages()  # type: ignore[no-untyped-call]  # marshmallow leaves it untyped
    names = tuple(declared(schema))
    faults = []
    for name, said in messages.items():
        if name in names:
            faults.append(Fault(name, " ".join(said), _choices(declared(schema)[name])))
        elif name == "_schema":
            faults.append(Fault("query", " ".join(said)))
        else:
            faults.append(Fault(name[:80], "there is no such parameter", names))
    return faults


def _choices(field: fields.Field[Any]) -> tuple[str, ...] | None:
    for validator in field.validators:
        if isinstance(validator, validate.OneOf):
            return tuple(str(choice) for choice in validator.choices)
    return None


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    return quote_plus(text, safe=",.:-")


def _upper(value: Any) -> Any:
    # Some letters outside ASCII have a capital inside ASCII: they are not part of a code.
    return value.upper() if isinstance(value, str) and value.isascii() else value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
