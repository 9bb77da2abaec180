"""What the simulated ConnectWise holds, and what it was asked."""

import json
from decimal import Decimal
from typing import Any
from urllib.request import urlopen


def lines_of(address: str) -> dict[int, dict[str, Any]]:
    """Return the additions by number."""
    return {line["id"]: line for line in _get(f"{address}/simulator/state")["additions"]}


def writes_to(address: str) -> list[dict[str, Any]]:
    """Return the requests that changed something, oldest first."""
    return [each for each in _get(f"{address}/simulator/requests") if each["method"] != "GET"]


def _get(url: str) -> Any:
    with urlopen(url, timeout=10) as answer:
        return json.load(answer, parse_float=Decimal)
