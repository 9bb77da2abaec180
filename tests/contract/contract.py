"""Holds one exchange with ConnectWise against a document, and against what this client must never do."""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn

import httpx

from tests.contract.document import Document, Operation
from tests.contract.names import is_member, names_in
from tests.contract.schemas import Schema

_BASE = re.compile(r"/(?:v4_6_release|v\d{4}_\d+)/apis/3\.0(/.*)", re.ASCII)
_DISCOVERY = re.compile(r"/login/companyinfo/[^/]+")
_PINNED = re.compile(r"application/vnd\.connectwise\.com\+json; version=\d{4}\.\d+", re.ASCII)
_LONGEST_URL = 2000
_PAGE_SIZE, _LARGEST_PAGE = 25, 1000
_NAMING = ("conditions", "orderBy", "fields")

_TEXT: Schema = {"type": "string"}
# No published schema has these three: what real servers were seen to answer.
_COMPANY_INFO: Schema = {
    "type": "object",
    "nullable": True,
    "required": ["Codebase"],
    "properties": {
        **dict.fromkeys(
            ("CompanyName", "Codebase", "VersionCode", "VersionNumber", "CompanyID", "SiteUrl"), _TEXT
        ),
        "IsCloud": {"type": "boolean"},
    },
}
_ERROR: Schema = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {
        "code": _TEXT,
        "message": _TEXT,
        "errors": {
            "type": "array",
            "nullable": True,
            "items": {"$ref": "#/components/schemas/ValidationError"},
        },
    },
}
_TOO_MANY: Schema = {
    "type": "object",
    "required": ["error", "message"],
    "properties": {"error": _TEXT, "message": _TEXT},
}


class Contract:
    """What a document allows, as a test of exchanges."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def breaches(self, request: httpx.Request, response: httpx.Response | None) -> tuple[str, ...]:
        """Say in sentences what an exchange breaks; ``response`` is None when the connection broke."""
        path = request.url.raw_path.decode().partition("?")[0]
        if _DISCOVERY.fullmatch(path):
            found = [*_discovery_request(request), *self._discovery_answer(response)]
        elif base := _BASE.fullmatch(path):
            operations = {each.method: each for each in self.document.at(base[1])}
            operation = operations.get(request.method)
            found = [*_never(request, base[1]), *_headers(request)]
            if operation is None:
                found.append("the document has no such operation")
            else:
                found += [*self._query(operation, request), *self._body(operation, request)]
            found += self._answer(operation, request, response) if response is not None else ()
        else:
            found = ["the path is neither below the base nor discovery"]
        named = f"{request.method} {request.url.raw_path.decode()[:300]}"
        return tuple(f"{named}: {what} ({self.document.name})" for what in found)

    def _query(self, operation: Operation, request: httpx.Request) -> Iterator[str]:
        given = request.url.params
        for name, text in given.multi_items():
            schema = operation.parameters.get(name)
            if schema is None:
                yield f"the parameter {name} is not declared"
                continue
            if len(given.get_list(name)) > 1:
                yield f"the parameter {name} is given twice"
            if schema.get("type") == "integer" and not re.fullmatch(r"[1-9][0-9]{0,9}", text):
                yield f'the parameter {name} is "{text}", not a whole number'
            if name in _NAMING:
                record = self.document.record(operation)
                for member in names_in(name, text):
                    if not is_member(self.document.schemas, record, member):
                        yield f'the parameter {name} names "{member}", which no record has'
        if request.headers.get("pagination-type", "") and "orderBy" in given:
            yield "forward-only pages can't be ordered"

    def _body(self, operation: Operation, request: httpx.Request) -> Iterator[str]:
        if operation.body is None:
            if request.content:
                yield "a body is sent where none is declared"
            return
        if request.headers.get("Content-Type", "").partition(";")[0] != "application/json":
            yield "the body is not sent as application/json"
        try:
            body = strict_json(request.content)
        except ValueError as error:
            yield f"the body sent is no JSON: {error}"
            return
        for breach in self.document.schemas.breaches(body, operation.body, sent=True):
            yield f"the body sent breaks the schema at {breach}"
        if operation.method == "PATCH" and isinstance(body, list):
            for each in body:
                if isinstance(each, dict):
                    yield from self._patch(self.document.schemas.resolve(operation.answer), each)

    def _patch(self, record: Schema, operation: dict[str, Any]) -> Iterator[str]:
        op, path = operation.get("op"), operation.get("path")
        if op not in ("add", "replace", "remove"):
            yield f'the operation is "{op}", not add, replace or remove'
        if path not in record["properties"]:
            # The bare name is the documented form; a sub-path is answered 200 and does nothing.
            yield f'the path "{path}" is not the bare name of a member'
        elif op == "remove":
            if "value" in operation:
                yield f"{path} is removed with a value"
            if path in record.get("required", ()):
                yield f"{path} is required and can't be removed"
        elif "value" not in operation:
            yield f"{path} is set without a value"
        else:
            schema = record["properties"][path]
            for breach in self.document.schemas.breaches(operation["value"], schema, sent=True):
                yield f"the value for {path} breaks its schema at {breach}"

    def _answer(
        self, operation: Operation | None, request: httpx.Request, response: httpx.Response
    ) -> Iterator[str]:
        if not response.is_success:
            yield from self._refusal(response)
        elif operation is None or response.status_code not in operation.answers:
            yield f"the status {response.status_code} is not declared"
        elif schema := operation.answers[response.status_code]:
            yield from self._content(operation, schema, request, response)
        elif response.content:
            yield "the answer has a body where none is declared"

    def _content(
        self, operation: Operation, schema: Schema, request: httpx.Request, response: httpx.Response
    ) -> Iterator[str]:
        fields = [name for name in request.url.params.get("fields", "").split(",") if name.strip()]
        counts = operation.path.endswith("/count")
        yield from self._json(response, schema, partial=bool(fields) and not counts)
        body = _json_or_none(response)
        if isinstance(body, list):
            told = request.url.params.get("pageSize", "")
            size = int(told) if told.isdecimal() else _PAGE_SIZE
            if len(body) > min(size, _LARGEST_PAGE):
                yield f"the page holds {len(body)} records where {size} were asked for"
        asked = {name.strip().partition("/")[0] for name in fields}
        records = body if isinstance(body, list) else [body]
        unasked = {name for each in records if isinstance(each, dict) for name in each} - asked
        if asked and unasked and not counts:
            yield f"the answer holds {', '.join(sorted(unasked))}, which fields did not ask for"

    def _refusal(self, response: httpx.Response) -> Iterator[str]:
        status = response.status_code
        html = response.headers.get("Content-Type", "").startswith("text/html")
        if status < 400:
            yield f"the status {status} is not declared"
        elif status == 429:
            shapes = [list(self._json(response, schema)) for schema in (_TOO_MANY, _ERROR)]
            yield from () if not all(shapes) else shapes[0]
        elif not (html and status >= 500):
            yield from self._json(response, _ERROR)

    def _discovery_answer(self, response: httpx.Response | None) -> Iterator[str]:
        if response is not None and response.is_success:
            yield from self._json(response, _COMPANY_INFO)
            body = _json_or_none(response)
            if isinstance(body, dict) and not str(body.get("Codebase")).endswith("/"):
                yield "the codebase does not end with a slash"

    def _json(self, response: httpx.Response, schema: Schema, *, partial: bool = False) -> Iterator[str]:
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if kind not in ("application/json", "application/vnd.connectwise.com+json"):
            yield f'the answer {response.status_code} is of type "{kind}", not JSON'
            return
        try:
            body = strict_json(response.content)
        except ValueError as error:
            yield f"the answer {response.status_code} is no JSON: {error}"
            return
        for breach in self.document.schemas.breaches(body, schema, partial=partial):
            yield f"the answer {response.status_code} breaks the schema at {breach}"


def strict_json(content: bytes) -> Any:
    """Read JSON with exact numbers; a name given twice, or a number that is none, is a ValueError."""
    try:
        return json.loads(content, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _json_or_none(response: httpx.Response) -> Any:
    try:
        return strict_json(response.content)
    except ValueError:
        return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name is given twice")
    return dict(pairs)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _never(request: httpx.Request, path: str) -> Iterator[str]:
    """What the server allows, and this client must not do."""
    if request.method in ("PUT", "DELETE"):
        yield f"{request.method} is never sent"
    if path.rstrip("/").endswith("/invoice"):
        yield "an invoice is never made"


def _headers(request: httpx.Request) -> Iterator[str]:
    if len(str(request.url)) > _LONGEST_URL:
        yield f"the address has {len(str(request.url))} characters, over {_LONGEST_URL}"
    if not request.headers.get("clientId", "").strip():
        yield "the header clientId is missing"
    if not _PINNED.fullmatch(request.headers.get("Accept", "")):
        yield "the header Accept pins no version"
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        user = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        user = ""
    if scheme != "Basic" or not re.fullmatch(r"[^+:]+\+[^:]+:.+", user):
        yield "the header Authorization does not sign in as company+key:key"


def _discovery_request(request: httpx.Request) -> Iterator[str]:
    if request.method != "GET" or request.url.query or request.content:
        yield "discovery is a plain GET"
    # The record is public: whoever answers there need not be trusted with the keys yet.
    if "Authorization" in request.headers:
        yield "discovery carries the header Authorization"
