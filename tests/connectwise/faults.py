"""The faults of the matrix: what becomes of an answer, and how a scan may end that meets it."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from .fakes import fails, raw, refusal
from .hostile import ECHO, PAGE, SECRETS, Act, Answers

Rows = list[dict[str, Any]]
Values = tuple[object, ...]


@dataclass(frozen=True)
class Fault:
    """What becomes of an answer, and how a scan ends that meets it once, and each time.

    ``heals``: with the true book; ``fails``: with an error; ``either``: with one of both.
    """

    name: str
    act: Act
    once: str = "either"
    always: str = "either"
    elsewhere: bool = False
    """The error may name another list, which was held back or refused as well."""

    def __str__(self) -> str:
        return self.name


PASSING = ("heals", "fails")
FINAL = ("fails", "fails")
HARMLESS = ("heals", "heals")


def instead(reply: Answers) -> Act:
    """Answer with something else, the request not heard by the server."""
    return lambda request, _: reply(request)


def afterwards(error: type[httpx.RequestError]) -> Act:
    """Fail when the server has answered."""

    def act(request: httpx.Request, server: Answers) -> httpx.Response:
        server(request)
        raise error("broken", request=request)

    return act


def said(body: object) -> Act:
    """Answer 200 with other JSON."""
    return instead(raw(200, json.dumps(body), Content_Type="application/json"))


def packed(change: Callable[[bytes], bytes], **headers: str) -> Act:
    """Change the bytes of the answer."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}

    def act(request: httpx.Request, server: Answers) -> httpx.Response:
        changed = httpx.ByteStream(change(server(request).content))
        return httpx.Response(200, stream=changed, headers={"Content-Type": "application/json"} | sent)

    return act


def becomes(content: bytes) -> Act:
    """Answer 200 with other bytes."""
    return packed(lambda _: content)


def body(change: Callable[[Any], Any]) -> Act:
    """Change the JSON of the answer."""
    return packed(lambda found: json.dumps(change(json.loads(found))).encode())


def rows(change: Callable[[Rows], Rows]) -> Act:
    """Change the entries of a page."""
    return body(change)


def first_id(value: object) -> Act:
    """Give the first entry of a page another id."""
    return rows(lambda found: [found[0] | {"id": value}, *found[1:]])


def page_before(request: httpx.Request, server: Answers) -> httpx.Response:
    """Answer with the page before the one asked for; the first repeats on the second."""
    page = str(max(int(request.url.params["page"]) - 1, 1))
    return server(httpx.Request("GET", request.url.copy_set_param("page", page)))


def refused(status: int, code: str = "ConnectWiseApi", **headers: str) -> Act:
    """Answer with an error that repeats every credential."""
    errors = [dict.fromkeys(("code", "message", "resource", "field"), ECHO)]
    return instead(refusal(status, code, ECHO, errors, **headers))


def html(status: int) -> Act:
    """Answer with a page for browsers."""
    return instead(raw(status, f"<html>{ECHO}</html>", Content_Type="text/html", x_cw_request_id=SECRETS[1]))


def limited(name: str, wait: str, once: str, always: str) -> Fault:
    """Answer that requests come too fast."""
    return Fault(f"429 {name}", refused(429, Retry_After=wait), once, always, elsewhere=True)


ANY_ANSWER = [
    limited("for some seconds", "50", *PASSING),
    limited("until a date", "Sun, 22 Nov 2026 12:00:40 GMT", *PASSING),
    limited("until no date", "Sun, 99999999999 Nov 2026 12:00:09 GMT", *PASSING),
    limited("for a day", "86400", *FINAL),
    Fault("429 without a time", refused(429), *PASSING, elsewhere=True),
    Fault("500", refused(500), *PASSING),
    Fault("502 in HTML", html(502), *PASSING),
    Fault("503 with a wait", refused(503, Retry_After="15"), *PASSING, elsewhere=True),
    Fault("504 in HTML", html(504), *PASSING),
    Fault("no connection", instead(fails(httpx.ConnectError)), *PASSING),
    Fault("no connection in time", instead(fails(httpx.ConnectTimeout)), *PASSING),
    Fault("no free connection in time", instead(fails(httpx.PoolTimeout)), *PASSING),
    Fault("no answer in time", instead(fails(httpx.ReadTimeout)), *PASSING),
    Fault("dropped before", instead(fails(httpx.RemoteProtocolError)), *PASSING),
    Fault("dropped after", afterwards(httpx.ReadError), *PASSING),
    Fault("cut to its first byte", packed(lambda whole: whole[:1]), *PASSING),
    Fault("cut in half", packed(lambda whole: whole[: len(whole) // 2]), *PASSING),
    Fault("cut by a byte", packed(lambda whole: whole[:-1]), *PASSING),
    Fault("nothing", becomes(b""), *PASSING),
    Fault("nothing with 204", instead(raw(204)), *PASSING),
    Fault("HTML", html(200), *FINAL),
    Fault("not packed as told", packed(lambda whole: whole, Content_Encoding="gzip"), *PASSING),
    Fault(
        "packed and cut", packed(lambda whole: gzip.compress(whole)[:20], Content_Encoding="gzip"), *PASSING
    ),
    Fault("packed as told", packed(gzip.compress, Content_Encoding="gzip"), *HARMLESS),
    Fault("bytes of no encoding", packed(lambda whole: whole.replace(b'"', b'"\xff', 1)), *PASSING),
    Fault("a byte order mark", packed(lambda whole: b"\xef\xbb\xbf" + whole), *HARMLESS),
    Fault("nested too deep", becomes(b"[" * 5000), *PASSING),
    Fault("a number that is none", becomes(b'[{"id": NaN}]'), *PASSING),
    Fault("401", refused(401), *FINAL, elsewhere=True),
    Fault("403", refused(403), *FINAL, elsewhere=True),
    Fault("404 of a record", refused(404, "NotFound"), *FINAL),
    Fault("404 of a page", refused(404), *FINAL),
    Fault("400", refused(400, "ApiFindCondition"), *FINAL),
    Fault("409", refused(409), *FINAL),
    Fault("418", refused(418), *FINAL),
    Fault("304", instead(raw(304)), *FINAL),
    Fault("sent elsewhere", instead(raw(302, Location=f"https://{SECRETS[1]}.example/{ECHO[-9:]}")), *FINAL),
    Fault("sent nowhere", instead(raw(308, Location=f"https://[{SECRETS[0]}/")), *FINAL),
]
_NO_WHOLE: Values = (None, "", ECHO, True, [], {}, 1.5, 10**400)
LIST_ANSWER = [
    Fault("null", said(None), *FINAL),
    Fault("a text", said(ECHO), *FINAL),
    Fault("an object", said({"code": ECHO, "message": ECHO}), *FINAL),
    Fault("a list of texts", said([ECHO]), *FINAL),
    Fault("a list of nothing", said([None]), *FINAL),
    Fault("a list of lists", body(lambda found: [found]), *FINAL),
    Fault("an entry twice", rows(lambda found: [*found, found[-1]])),
    Fault("each entry twice", rows(lambda found: [*found, *found])),
    Fault("out of order", rows(lambda found: found[::-1])),
    Fault("the page before", page_before, "heals", "either"),
    Fault("without its first entry", rows(lambda found: found[1:]), *PASSING),
    Fault("without its last entry", rows(lambda found: found[:-1]), *PASSING),
    Fault("an empty page", said([]), *PASSING),
    Fault(
        "one entry more", rows(lambda found: [*found, found[-1] | {"id": found[-1]["id"] + 500}]), *PASSING
    ),
    Fault("no id", rows(lambda found: [{"name": ECHO}, *found[1:]]), *FINAL),
    *(
        Fault(f"{json.dumps(value):.20} as an id", first_id(value), *FINAL)
        for value in (*_NO_WHOLE, -83, "-83", 1e30, 2**63)
    ),
    Fault("ids as text", rows(lambda found: [row | {"id": str(row["id"])} for row in found]), *HARMLESS),
    Fault(
        "ids as fractions", rows(lambda found: [row | {"id": float(row["id"])} for row in found]), *HARMLESS
    ),
]
COUNT_ANSWER = [
    *(
        Fault(f"a count of {json.dumps(value):.20}", said({"count": value}), "heals", "fails")
        for value in (0, 1, PAGE, 2 * PAGE, 3 * PAGE, 2 * PAGE + 2, 10**9, -7, 1e30)
    ),
    *(Fault(f"{json.dumps(value):.20} as a count", said({"count": value}), *FINAL) for value in _NO_WHOLE),
    Fault("no count", said({}), *FINAL),
    Fault("a list for a count", said([]), *FINAL),
    Fault("a bare count", said(7), *FINAL),
    Fault("a count as text", body(lambda found: {"count": str(found["count"])}), *HARMLESS),
]
_NO_RECORDS: Values = ([], ECHO, 7, {})
_NO_CODEBASES: Values = ([], {}, ECHO, "../", "//evil.example/", "a/b/", "?", "w" * 70_000)
DISCOVERY_ANSWER = [
    Fault("no such company", said(None), *FINAL),
    *(Fault(f"{json.dumps(value):.20} as a record", said(value), *HARMLESS) for value in _NO_RECORDS),
    *(
        Fault(f"{json.dumps(value):.20} as a codebase", said({"Codebase": value}), *FINAL)
        for value in _NO_CODEBASES
    ),
]

_NO_TEXT: Values = ([], {})
_NO_FLAG: Values = ([], {}, ECHO, 2)
_NO_DAY: Values = ([], {}, ECHO, True, 20260101, "2026-02-30", "\u001b[2J")
_NO_NUMBER: Values = ([], {}, ECHO, True, "1,5", "NaN", 10**400)
_NO_REFERENCE: Values = ([], ECHO, 7, True)
_NO_RECORD: Values = (*_NO_REFERENCE, {"id": ECHO}, {"id": []}, {"id": -1}, {"id": 10**30})
WRONG_FIELDS: dict[str, dict[str, Values]] = {
    "agreements": {
        **dict.fromkeys(("name", "agreementStatus"), _NO_TEXT),
        **dict.fromkeys(("cancelledFlag", "noEndingDateFlag", "prorateFlag"), _NO_FLAG),
        **dict.fromkeys(("startDate", "endDate", "billStartDate"), _NO_DAY),
        **dict.fromkeys(("type", "billingCycle", "currency", "_info"), _NO_REFERENCE),
        "company": (*_NO_RECORD, {}, None, ""),
        "parentAgreement": (*_NO_REFERENCE, {"id": ECHO}, {"id": -1}, {"id": 10**30}),
    },
    "companies": {"identifier": _NO_TEXT, "name": _NO_TEXT, "website": _NO_TEXT, "deletedFlag": _NO_FLAG},
    "products": {
        **dict.fromkeys(("identifier", "description", "productClass"), _NO_TEXT),
        "price": _NO_NUMBER,
        "inactiveFlag": _NO_FLAG,
    },
    "types": {"name": _NO_TEXT},
    "additions": {
        **dict.fromkeys(("billCustomer", "description"), _NO_TEXT),
        **dict.fromkeys(("quantity", "lessIncluded", "unitPrice"), _NO_NUMBER),
        **dict.fromkeys(("effectiveDate", "cancelledDate"), _NO_DAY),
        "agreementId": (ECHO, True, {"id": 81}, 81.5, -81, 10**30),
        "product": (*_NO_RECORD, {}, None, ""),
    },
}
"""Values of another kind than a member of a record holds."""
