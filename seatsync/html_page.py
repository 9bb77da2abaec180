"""The frame of the pages that are handed out as files: HTML that needs nothing else and runs nothing."""

import base64
import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from html import escape

from seatsync.answers import instant
from seatsync.sheet_style import STYLE
from seatsync.summary import moment

# Characters that steer the screen or turn the direction of what follows, and halves that no file can hold.
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_TITLE = 80


def html_page(title: str, body: str) -> str:
    """Write a page around a body of HTML; its policy lets nothing run and nothing be fetched."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{plain_html(_clip(title))}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _clip(text: str) -> str:
    return text if len(text) <= _TITLE else f"{text[: _TITLE - 1]}…"


def plain_html(text: object) -> str:
    """Escape text, with each character that would steer the page shown as U+FFFD."""
    return escape(_STEERING.sub("\ufffd", str(text)))


def text_html(text: object) -> str:
    """Escape text and keep its direction of writing to itself."""
    return f"<bdi>{plain_html(text)}</bdi>"


def when_html(at: datetime) -> str:
    """Write a time to the minute, with the whole of it for a machine."""
    return f'<time datetime="{instant(at)}">{moment(at)}</time>'


def facts_html(facts: Iterable[tuple[str, str]]) -> str:
    """List what is known beside the table: names, and values as HTML."""
    rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)
    return f'<dl class="facts">{rows}</dl>'
