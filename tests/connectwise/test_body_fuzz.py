"""Answers changed at random: whatever a server sends, a call ends with a record or an error of this product.

``python -m tests.connectwise.test_body_fuzz SECONDS [SEED]`` runs for so long and tells what it found.
"""

import gzip
import json
import logging
import random
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from seatsync.connectwise import ConnectWiseClient
from seatsync.errors import ConnectWiseError, ScanFailed
from seatsync.model import AdditionId, AgreementId, ProductId

from .fakes import FakeClock, client
from .hostile import ECHO, SECRETS, Server, entry, leaked, seen_of

SLOWEST = 2.0
"""Seconds that one call may take."""

_NUMBERS = b"""0 -1 -0 -0.0 1.5 1e30 1e308 1e309 1E-400 1e999999999 -1e999999999 NaN Infinity -Infinity"""
_VALUES = (
    b"""null true false [] {} [[]] [{}] {"id":1} {"id":null} "" "x" "81" "-81" "1_000" "\\ud800" "\\u0000" """
)
_DAYS = b""""2026-02-30" "0000-00-00" "9999-12-31T23:59:59+14:00" "0001-01-01T00:00:00+14:00" """
FRAGMENTS = [
    *(_NUMBERS + b" " + _VALUES + _DAYS).split(),
    *(b"9" * digits for digits in (18, 19, 20, 400, 4300, 5000)),
    b"0." + b"1" * 400,
    b"1e" + b"9" * 400,
    b'"' + b"w" * 100_000 + b'"',
    b'"\\u001b[2J\\r\\n\\u202e"',
    b'"\xed\xa0\x80"',
    b'"\xff"',
    *(b"[" * depth + b"]" * depth for depth in (90, 700, 900, 950, 980, 2000)),
    *(b'{"id":' * depth + b"1" + b"}" * depth for depth in (900, 960)),
    json.dumps(ECHO).encode(),
    *(json.dumps(secret).encode() for secret in SECRETS),
]
SPLINTERS = [
    *FRAGMENTS,
    b",",
    b'"',
    b"{",
    b"]",
    b"\\",
    b"\x00",
    b"\xef\xbb\xbf",
    b"\x1f\x8b",
    b"<",
    b"\xff\xfe",
]
WAITS = [
    *("0 -1 1e400 nan inf 1_0 0x10 86400 1e308 -1e308".split()),
    "Sun, 99999999999 Nov 2026 12:00:09 GMT",
    "Sun, 22 Nov 2026 12:00:09 +99999999999999",
    "Fri, 31 Dec 9999 23:59:59 -2359",
    "Sun, 22 Nov 2026 99:99:99 GMT",
    "0" * 5000,
    "9" * 5000,
    "\u0663",
    "\xff",
    ",;()",
]
HEADERS = {
    "Retry-After": WAITS,
    "x-cw-request-id": [
        "r-1",
        ECHO,
        "private\t-key",
        "private -key",
        "\x1b[2J",
        "\xff" * 300,
        "a b",
        "",
        SECRETS[3],
    ],
    "Content-Type": ["", "text/html", "application/json; charset=utf-7", "\x00", "image/png"],
    "Content-Encoding": ["gzip", "deflate", "br", "zstd", "gzip, gzip", "identity", "none", ",", "compress"],
    "Location": [
        "/",
        "https://[",
        f"https://{SECRETS[1]}/",
        "javascript:1",
        "//\x00",
        "",
        "https://é.example:99999/",
    ],
    "Set-Cookie": [
        "a=b",
        "=;=;;",
        "a=b; Expires=99; Max-Age=x; Path=\x00",
        "a" * 5000,
        "a=b; Version=x; Port=y",
    ],
    "Link": ['<x>; rel="next"', "<", "\x00"],
    "Content-Length": ["0", "-1", "9" * 30, "x"],
}
STATUSES = [201, 202, 204, 206, 299, 300, 301, 302, 304, 308, 400, 401, 403, 404, 405, 408, 409, 418, 429]
STATUSES += [429, 500, 502, 503, 504, 599, 999]


def shatter(content: bytes, chance: random.Random) -> bytes:
    """Change bytes without regard to what they mean."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randint(0, len(content))
        end = min(len(content), start + chance.randint(1, 30))
        match chance.randint(0, 4):
            case 0:
                content = content[:start] + bytes(b ^ 1 << chance.randint(0, 7) for b in content[start:end])
            case 1:
                content = content[:start] + content[end:]
            case 2:
                content = content[:start] + chance.choice(SPLINTERS) + content[start:]
            case 3:
                content = content[:end] + content[start:]
            case 4:
                content = content[:start]
    return content


def replace_values(content: bytes, chance: random.Random) -> bytes:
    """Put other JSON in place of some values, anywhere in the answer."""
    marks: dict[bytes, bytes] = {}

    def changed(value: Any) -> Any:
        if chance.random() < 0.1:
            mark = f"@{len(marks)}@"
            marks[f'"{mark}"'.encode()] = chance.choice(FRAGMENTS)
            return mark
        if isinstance(value, dict):
            return {key: changed(held) for key, held in value.items() if chance.random() < 0.97}
        return [changed(held) for held in value] if isinstance(value, list) else value

    content = json.dumps(changed(json.loads(content))).encode()
    for mark, fragment in marks.items():
        content = content.replace(mark, fragment)
    return content


class Fuzzed:
    """A server whose answers are changed at random; remembers what it answered to writes."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._server = Server("additions", 3)
        self._rate = chance.choice([0.1, 0.5, 1.0])
        self.written: list[int] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        answer = self._truth(request)
        if self._chance.random() < self._rate:
            answer = self._changed(answer)
        if request.method != "GET":
            self.written.append(answer.status_code)
        return answer

    def _truth(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/81"):
            return httpx.Response(200, json=entry("agreements", 0))
        if path.endswith("/9001") or request.method == "POST":
            return httpx.Response(200, json=entry("additions", 0))
        try:
            return self._server(request)
        except KeyError:  # an agreement that a changed answer made up
            return httpx.Response(404, json={"code": "NotFound", "message": ECHO, "errors": None})

    def _changed(self, answer: httpx.Response) -> httpx.Response:
        chance, content = self._chance, answer.content
        status = chance.choice(STATUSES) if chance.random() < 0.2 else answer.status_code
        if chance.random() < 0.5:
            content = replace_values(content, chance)
        if chance.random() < 0.4:
            content = shatter(content, chance)
        if chance.random() < 0.1:
            content = shatter(gzip.compress(content), chance)
        names = [name for name in HEADERS if chance.random() < 0.15]
        headers = [(name.encode(), chance.choice(HEADERS[name]).encode()) for name in names]
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))


def silent(done: int, total: int, message: str) -> None:
    """Report to nobody."""


AGREEMENT, LINE, PRODUCT = AgreementId(81), AdditionId(9001), ProductId(3409)
DAY = date(2026, 11, 22)
CALLS: list[Callable[[ConnectWiseClient], object]] = [
    lambda found: found.agreement(AGREEMENT),
    lambda found: found.addition(AGREEMENT, LINE),
    lambda found: found.additions(AGREEMENT),
    lambda found: found.writer().set_quantity(AGREEMENT, LINE, Decimal(17)),
    lambda found: found.writer().set_cancelled(AGREEMENT, LINE, DAY),
    lambda found: found.writer().create_addition(AGREEMENT, PRODUCT, Decimal(17), DAY),
    lambda found: found.check(),
    lambda found: found.read_book(silent),
]


def flaws_of(seed: int) -> list[str]:
    """Make one call of a server that the seed determines, and say what was wrong with how it ended."""
    chance = random.Random(seed)
    server, began = Fuzzed(chance), time.monotonic()
    told, error = "", None
    with client(server, FakeClock(), in_flight=1) as connectwise:
        try:
            told = repr(chance.choice(CALLS)(connectwise))
        except (ConnectWiseError, ScanFailed) as caught:
            error = caught
        except Exception as defect:  # noqa: BLE001 - what this looks for
            return [f"{type(defect).__name__}: {str(defect)[:200]}"]
    flaws = [f"{name} is told" for name in leaked(*seen_of(error))] if error else []
    flaws += [f"{name} is in a check" for name in leaked(told) if told.startswith("(Check(")]
    if error and (len(str(error)) > 900 or not str(error).isprintable()):
        flaws.append(f"a sentence that is too long or not plain: {str(error)[:100]!r}")
    done = [status for status in server.written if 200 <= status < 300]
    if len(done) > 1:
        flaws.append("a write that worked was sent again")
    if done and isinstance(error, ConnectWiseError) and not error.outcome_unknown:
        flaws.append(f"a write that worked is told as failed: {error}")
    if time.monotonic() - began > SLOWEST:
        flaws.append(f"took {time.monotonic() - began:.1f} s")
    return flaws


def test_answers_changed_at_random_end_in_records_or_errors(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "seatsync")
    assert {seed: flaws for seed in range(700) if (flaws := flaws_of(seed))} == {}
    assert leaked(caplog.text) == []


def main(seconds: float, seed: int) -> int:
    """Fuzz for so long and tell what was found; the exit code counts the kinds of flaws."""
    found: dict[str, int] = {}
    begin, cases = time.monotonic(), 0
    while time.monotonic() - begin < seconds:
        for flaw in flaws_of(seed + cases):
            found.setdefault(flaw, seed + cases)
        cases += 1
    for flaw, example in found.items():
        sys.stdout.write(f"seed {example}: {flaw}\n")
    sys.stdout.write(f"{cases} cases in {seconds:g} s, {len(found)} kinds of flaws\n")
    return len(found)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10**6))
