"""A typed client made from the OpenAPI document alone, as an institution's generator makes one.

Every object becomes a `TypedDict`, every operation a method with typed arguments and answer. What
the generator cannot name a type for it refuses, so an operation that says too little is found.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import Any

HEAD = '''"""Generated from the OpenAPI document."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict, cast

import requests


class Refused(Exception):
    """The API answered with a problem document."""

    def __init__(self, status: int, problem: Problem) -> None:
        super().__init__(problem["title"])
        self.status = status
        self.problem = problem


class Client:
    """One program of an institution."""

    def __init__(self, api: str, client_id: str, client_secret: str) -> None:
        self.api = api
        self._basic = (client_id, client_secret)
        self._token = ""

    def sign_in(self) -> Token:
        """Get a token; the calls that follow carry it."""
        form = {"grant_type": "client_credentials"}
        got = requests.post(self.api + TOKEN, data=form, auth=self._basic, timeout=30)
        got.raise_for_status()
        token = cast("Token", got.json())
        self._token = token["access_token"]
        return token

    def _call(
        self, method: str, path: str, query: dict[str, Any], headers: dict[str, Any], body: Any
    ) -> requests.Response:
        sent = {name: str(value) for name, value in headers.items() if value is not None}
        got = requests.request(
            method,
            self.api + path,
            params={name: value for name, value in query.items() if value is not None},
            headers={"Authorization": f"Bearer {self._token}", **sent},
            json=body,
            timeout=30,
        )
        if not got.ok:
            raise Refused(got.status_code, cast("Problem", got.json()))
        return got
'''
SIMPLE = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
METHODS = ("get", "post", "put", "patch", "delete")
GOOD = ("200", "201", "202", "204")


class TooLittle(Exception):
    """The document does not say what something is."""


class Generator:
    """Makes the source of a client from one document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.token = document["components"]["securitySchemes"]["oauth"]["flows"][
            "clientCredentials"
        ]["tokenUrl"].removeprefix(document["servers"][0]["url"])
        self.types: dict[str, str] = {}

    def source(self) -> str:
        """The module, ready to be written to a file."""
        for name, schema in self.document["components"]["schemas"].items():
            self._declare(name, schema)
        methods = [self._method(*each) for each in self._operations()]
        constant = f'\n\nTOKEN = "{self.token}"\n'
        return HEAD + "\n".join(methods) + constant + "".join(self.types.values())

    def _operations(self) -> Iterator[tuple[str, str, list[Any], dict[str, Any]]]:
        for path, item in self.document["paths"].items():
            for method, entry in item.items():
                if method in METHODS and path != self.token:
                    given = [*item.get("parameters", []), *entry.get("parameters", [])]
                    yield method, path, [self._at(each) for each in given], entry

    def _at(self, part: dict[str, Any]) -> dict[str, Any]:
        """What a reference points at."""
        while "$ref" in part:
            found: Any = self.document
            for name in part["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            part = found
        return part

    def _declare(self, name: str, schema: dict[str, Any]) -> str:
        """Write down a type under its name, once; returns the name."""
        if name not in self.types:
            self.types[name] = ""  # a type that leads to itself is named already
            fields = self._fields(schema)
            if fields is None:
                self.types[name] = f"\n\n{name} = {self._type(schema, name)}\n"
            else:
                lines = [
                    f'    "{field}": '
                    + (kind if needed else f"NotRequired[{kind}]").replace("\n", " ")
                    + ","
                    for field, kind, needed in self._named(name, *fields)
                ]
                inside = "\n".join(lines)
                self.types[name] = f'\n\n{name} = TypedDict("{name}", {{\n{inside}\n}})\n'
        return name

    def _fields(self, schema: dict[str, Any]) -> tuple[dict[str, Any], set[str]] | None:
        """Fields of an object and which of them are always there; None for anything else."""
        schema = self._at(schema)
        if "allOf" in schema:
            known: dict[str, Any] = {}
            needed: set[str] = set()
            for part in schema["allOf"]:
                fields, always = self._fields(part) or ({}, set())
                for name, inner in fields.items():
                    known[name] = {**known.get(name, {}), **inner}
                needed |= always
            return known, needed
        if "properties" not in schema:
            return None
        return schema["properties"], set(schema.get("required", []))

    def _named(
        self, name: str, fields: dict[str, Any], needed: set[str]
    ) -> Iterator[tuple[str, str, bool]]:
        for field, inner in fields.items():
            yield field, self._quoted(inner, name + _camel(field)), field in needed

    def _quoted(self, schema: dict[str, Any], name: str) -> str:
        return f'"{self._type(schema, name)}"'.replace('""', '"')

    def _type(self, schema: dict[str, Any], name: str) -> str:
        """The Python type of a schema; what has no name of its own gets `name`."""
        if "$ref" in schema:
            return self._declare(schema["$ref"].rpartition("/")[2], self._at(schema))
        if "oneOf" in schema:
            return " | ".join(dict.fromkeys(self._type(one, name) for one in schema["oneOf"]))
        if "enum" in schema or "const" in schema:
            values = schema.get("enum", [schema.get("const")])
            return f"Literal[{', '.join(repr(value) for value in values)}]".replace('"', "'")
        if self._fields(schema) is not None:
            return self._declare(name, schema)
        kinds = schema.get("type")
        if not kinds:
            raise TooLittle(name)
        kinds = [kinds] if isinstance(kinds, str) else kinds
        return " | ".join(self._simple(kind, schema, name) for kind in kinds)

    def _simple(self, kind: str, schema: dict[str, Any], name: str) -> str:
        if kind == "array":
            return (
                f"list[{self._type(schema['items'], name + 'Item')}]"
                if schema.get("items")
                else "list[Any]"
            )
        if kind == "object":
            values = schema.get("additionalProperties")
            return f"dict[str, {self._type(values, name)}]" if values else "dict[str, Any]"
        return SIMPLE[kind]

    def _method(
        self, method: str, path: str, given: list[dict[str, Any]], entry: dict[str, Any]
    ) -> str:
        name = entry["operationId"]
        arguments = ["self"]
        found: dict[str, list[str]] = {"query": [], "header": [], "path": []}
        given = sorted(given, key=lambda each: not each.get("required", False))
        body = entry.get("requestBody")
        later = []
        for each in given:
            word, kind = _word(each["name"]), self._type(each["schema"], name)
            needed = each.get("required", False)
            later.append(f"{word}: {kind}" if needed else f"{word}: {kind} | None = None")
            found[each["in"]].append(f'"{each["name"]}": {word}')
            path = path.replace(f"{{{each['name']}}}", f"{{{word}}}")
        if body:
            schema = body["content"]["application/json"]["schema"]
            arguments.append(f"body: {self._type(schema, _camel(name) + 'Body')}")
        if later:
            arguments += ["*", *later]
        answer, read = self._answer(entry, _camel(name))
        sent = "body" if body else "None"
        return f'''
    def {_word(name)}({", ".join(arguments)}) -> {answer}:
        """{entry["summary"]}."""
        got = self._call(
            "{method.upper()}",
            f"{path}",
            {{{", ".join(found["query"])}}},
            {{{", ".join(found["header"])}}},
            {sent},
        )
        return {read}
'''

    def _answer(self, entry: dict[str, Any], name: str) -> tuple[str, str]:
        """The type of what comes back where it went well, and how it is read."""
        good = [entry["responses"][each] for each in GOOD if each in entry["responses"]]
        if len(good) != 1:
            raise TooLittle(name)
        content = self._at(good[0]).get("content")
        if not content:
            return "None", "None if got else None"
        if "application/json" not in content:
            return "bytes", "got.content"
        kind = self._type(content["application/json"]["schema"], f"{name}Answer")
        return kind, f'cast("{kind}", got.json())'


def _camel(name: str) -> str:
    parts = re.split(r"[^A-Za-z0-9]+", name)
    return "".join(part[:1].upper() + part[1:] for part in parts)


def _word(name: str) -> str:
    """A name as Python writes it: `listLeads` and `Idempotency-Key` in small letters."""
    plain = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).replace("-", "_").lower()
    plain = plain.replace("__", "_")
    return f"{plain}_" if keyword.iskeyword(plain) else plain
