"""What axe-core finds wrong with a page: what is serious or critical, and not Streamlit's own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

SEVERE = ("serious", "critical")

STREAMLITS = (
    (
        "color-contrast",
        "stBaseButton-primary",
        "#ffffff",
        "Streamlit writes white on a primary button, also in the dark theme, and writes a chosen pill in the "
        "primary colour: no colour has 4.5:1 to both white and a dark ground. Ours has it on the pills.",
    ),
)
"""Rule, where the element stands, what its fault says, and why it is not ours; anything else still fails."""

_RUN = """async options => {
  const found = await axe.run(document, options)
  for (const violation of found.violations) for (const node of violation.nodes) {
    const names = []
    let element = document.querySelector(node.target[0])
    for (; element; element = element.parentElement) names.push(element.dataset?.testid ?? '')
    node.inside = names.filter(Boolean).join(' ')
  }
  return found
}"""


@dataclass(frozen=True, slots=True)
class Finding:
    """An element that breaks a rule of axe-core: its selector, its beginning, and what it stands in.

    ``inside`` lists Streamlit's names of the elements around it, the nearest first.
    """

    rule: str
    impact: str
    target: str
    html: str
    why: str
    inside: str = ""

    def __str__(self) -> str:
        return f"{self.rule} ({self.impact}): {self.target}\n    {self.html}\n    {self.why}"

    @property
    def is_streamlits(self) -> bool:
        """Say whether the element is one that Streamlit draws so, whatever an app does."""
        return any(
            rule == self.rule and place in self.inside.split() and said in self.why
            for rule, place, said, _ in STREAMLITS
        )


def findings(page: Page, *rules: str) -> list[Finding]:
    """Inspect a page by all rules, or by some; return what is severe and ours."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(_script())
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    found = page.evaluate(_RUN, options)
    return [each for each in _read(found) if each.impact in SEVERE and not each.is_streamlits]


@lru_cache(maxsize=1)
def _script() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def _read(found: dict[str, Any]) -> Iterator[Finding]:
    for violation in found["violations"]:
        for node in violation["nodes"]:
            yield Finding(
                violation["id"],
                node.get("impact") or violation.get("impact") or "",
                " ".join(map(str, node["target"])),
                node["html"][:240],
                re.sub(r"\s+", " ", node.get("failureSummary", ""))[:240],
                node["inside"],
            )
