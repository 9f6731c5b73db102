"""The part of JSON Schema that our document uses: does a value fit, and values that do."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from partners.api.document import document

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema behind a reference; several together as one."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return resolved(document()["components"]["schemas"][name])
    if "allOf" in schema:
        parts = [resolved(part) for part in schema["allOf"]]
        merged: dict[str, Any] = {"type": "object", "required": [], "properties": {}}
        for part in parts:
            merged["required"] += part.get("required", [])
            for name, inner in part.get("properties", {}).items():
                merged["properties"][name] = {**merged["properties"].get(name, {}), **inner}
        return merged
    return schema


def problems_of(value: Any, schema: dict[str, Any], where: str = "") -> list[str]:
    """Where and how `value` does not fit; nothing where it does."""
    schema = resolved(schema)
    if "oneOf" in schema:
        fits = [one for one in schema["oneOf"] if not problems_of(value, one, where)]
        return [] if len(fits) == 1 else [f"{where}: fits {len(fits)} of oneOf"]
    found = []
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        return [f"{where}: {type(value).__name__} instead of {kinds}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where}: {value!r} is not listed")
    if "const" in schema and value != schema["const"]:
        found.append(f"{where}: {value!r}")
    if isinstance(value, str) and not _text_fits(value, schema):
        found.append(f"{where}: {value!r} breaks {schema}")
    if isinstance(value, list):
        for index, item in enumerate(value):
            found += problems_of(item, schema.get("items", {}), f"{where}/{index}")
    if isinstance(value, dict) and "properties" in schema:
        known = schema["properties"]
        found += [
            f"{where}/{name} is missing"
            for name in schema.get("required", [])
            if name not in value
        ]
        found += [f"{where}/{name} is not described" for name in value if name not in known]
        for name in known.keys() & value.keys():
            found += problems_of(value[name], known[name], f"{where}/{name}")
    return found


def values_of(schema: dict[str, Any], *, wild: Any = None) -> Any:
    """Values that fit; with `wild`, some parts are that instead, left out or too many."""
    schema = resolved(schema)
    made = _values(schema, wild)
    return made | wild if wild is not None else made


def _values(schema: dict[str, Any], wild: Any) -> Any:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if kind == "object":
        known = {name: values_of(one, wild=wild) for name, one in schema["properties"].items()}
        if wild is not None:
            return st.fixed_dictionaries({}, optional={**known, "more": wild})
        needed = set(schema.get("required", []))
        return st.fixed_dictionaries(
            {name: one for name, one in known.items() if name in needed},
            optional={name: one for name, one in known.items() if name not in needed},
        )
    if kind == "array":
        return st.lists(values_of(schema.get("items", {}), wild=wild), max_size=3)
    if kind == "integer":
        return st.integers(schema.get("minimum"), schema.get("maximum"))
    return _texts(schema)


def _texts(schema: dict[str, Any]) -> Any:
    if schema.get("format") == "uuid":
        return st.uuids().map(str)
    if schema.get("format") == "date-time":
        moments = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31))  # noqa: DTZ001 - a zone follows
        return moments.map(lambda moment: moment.replace(tzinfo=UTC).isoformat())
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    return st.text(min_size=schema.get("minLength", 0), max_size=schema.get("maxLength", 60))


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind in ("integer", "number"):
        return False
    return isinstance(value, TYPES[kind])


def _text_fits(value: str, schema: dict[str, Any]) -> bool:
    if len(value) > schema.get("maxLength", len(value)):
        return False
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return False
    if schema.get("format") == "uuid":
        return bool(UUID.fullmatch(value))
    if schema.get("format") == "date-time":
        return bool(datetime.fromisoformat(value).tzinfo)
    return True
