"""Write the evidence sheet of one company, and the index of all sheets, as HTML that needs nothing else."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from html import escape
from urllib.parse import quote

from seatsync.answers import cents, instant, money
from seatsync.html_page import facts_html, html_page, plain_html, text_html, when_html
from seatsync.journal import Outcome
from seatsync.model import Company
from seatsync.plan import Cancel, Create
from seatsync.report import Entry, Report, monthly_effects, parts_sentence, sheet_name, short
from seatsync.status import OperationKind, Result
from seatsync.summary import counted, deed, moment, sum_up

_TITLE = 80
_COLUMNS = ("Product and line", "Before", "After", "Date written", "Unit price", "Monthly effect", "Result")
_NUMERIC = frozenset({"Before", "After", "Unit price", "Monthly effect"})
_NO_AFTER = {Result.SKIPPED: "not written", Result.FAILED: "failed"}
_PROOF = (
    "Right before each write SeatSync read the line and its agreement from ConnectWise again, for a new line "
    "all lines of the company's agreements, and compared them with what had been approved. Where anything "
    "differed, nothing was written. After each write the answer was compared with what was meant; where it "
    "was missing or differed, the line was looked up. Rows of the export are named as the source only where, "
    "by the links and mappings at the time of this sheet, they add up to what was approved. The sheet does "
    "not tell what was changed in ConnectWise afterwards, nor what was invoiced."
)


def sheet(report: Report, company: Company) -> str:
    """Write what was done for one company on one page; nothing of another company is on it."""
    entries, run = report.of(company.id), report.operation
    told = sum_up(run, [entry.outcome for entry in entries], report.export_name, company.name)
    parts = [
        f'<p class="kind">Evidence of {_kind(report)} · Team {text_html(report.team.name)}</p>',
        f'<h1 class="{"long" if len(company.name) > _TITLE else "name"}">{text_html(company.name)}</h1>',
        f'<p class="lead">{text_html(told)}</p>',
        *_warnings(report, entries),
        facts_html(_source(report)),
        _table(entries, report),
        f'<section class="proof"><h2>What this sheet proves</h2><p>{_PROOF}</p></section>',
        _foot(report),
    ]
    return html_page(f"Operation {run.id}: {company.name}", "".join(parts))


def index_page(report: Report) -> str:
    """Write the page that lists every company of an operation with a link to its sheet."""
    run = report.operation
    parts = [
        f'<p class="kind">Evidence of {_kind(report)} · Team {text_html(report.team.name)}</p>',
        f"<h1>Operation {run.id}</h1>",
        f'<p class="lead">{text_html(report.sentence)}</p>',
        *_warnings(report, report.entries),
        facts_html(_source(report)),
        _companies(report),
        _foot(report),
    ]
    return html_page(
        f"Operation {run.id}, {counted(len(report.companies), 'company', 'companies')}", "".join(parts)
    )


def _kind(report: Report) -> str:
    return {OperationKind.UNDO: "an undo"}.get(report.operation.kind, "a seat sync")


def _warnings(report: Report, entries: Iterable[Entry]) -> list[str]:
    run, found, said = report.operation, list(entries), []
    if not run.status.finished:
        said.append("The operation has not ended: this is how it stood when the report was made.")
    undone = [entry for entry in found if entry.undone_by is not None]
    if undone:
        by = " and ".join(
            f"operation {number}" for number in sorted({entry.undone_by or 0 for entry in undone})
        )
        written = sum(entry.outcome.result.written for entry in found)
        said.append(f"Undone later by {by}: {len(undone)} of {counted(written, 'written change')}.")
    if any(entry.outcome.unknown for entry in found):
        said.append("Of a change it is not known whether it was written. Look its line up in ConnectWise.")
    return [f'<p class="warning" role="note">{"<br>".join(said)}</p>'] if said else []


def _source(report: Report) -> list[tuple[str, str]]:
    """List where the numbers come from and who let them pass: names, and values as HTML."""
    run, export, origin = report.operation, report.export, report.snapshot
    facts = [
        ("Operation", text_html(f"{run.id}, {run.kind.label}: {run.status.label}")),
        ("Time", _span(run.started_at, run.finished_at)),
        ("Confirmed by", text_html(run.who) + (f", plan {_code(short(run.digest))}" if run.digest else "")),
    ]
    if export is not None:
        kept = f"uploaded {when_html(export.uploaded_at)} by {text_html(export.uploaded_by)}"
        facts.append(("Export", f"{text_html(export.name)}, {kept}"))
        facts.append(("Its SHA-256", f"{_code(short(export.sha256))}, {counted(export.rows, 'row')}"))
    if origin is not None:
        at = origin.taken_at
        taken = f"taken {when_html(at)}" if at else "whose time is not kept any more"
        facts.append(("Compared with", f"Snapshot {origin.id} of ConnectWise, {taken}"))
    if run.undoes is not None:
        facts.append(("Undoes", text_html(f"Operation {run.undoes}")))
    return facts


def _span(start: datetime, end: datetime | None) -> str:
    """Say from when to when, to the second; the day of the end only where it is another one."""
    first, last = start.astimezone(UTC), end.astimezone(UTC) if end else None
    since = f'<time datetime="{instant(first)}">{first:%Y-%m-%d %H:%M:%S}</time>'
    if last is None:
        return f"{since} UTC, not ended"
    form = "%H:%M:%S" if last.date() == first.date() else "%Y-%m-%d %H:%M:%S"
    return f'{since} to <time datetime="{instant(last)}">{last.strftime(form)} UTC</time>'


def _code(text: str) -> str:
    return f"<code>{plain_html(text)}</code>"


def _table(entries: Iterable[Entry], report: Report) -> str:
    found = list(entries)
    heads = "".join(_head(name) for name in _COLUMNS)
    bodies = "".join(_body(entry, report) for entry in found)
    total = _amounts(monthly_effects(found))
    return (
        f'<table class="changes"><caption>{counted(len(found), "change")}</caption>'
        f"<thead><tr>{heads}</tr></thead>{bodies}"
        f'<tfoot><tr><th scope="row" colspan="5">Monthly effect of what was written</th>'
        f'<td class="number">{total}</td><td></td></tr></tfoot></table>'
    )


def _head(name: str) -> str:
    return f'<th scope="col"{_numeric(name)}>{name}</th>'


def _numeric(name: str) -> str:
    return ' class="number"' if name in _NUMERIC else ""


def _body(entry: Entry, report: Report) -> str:
    outcome, change = entry.outcome, entry.change
    line = "no line" if entry.line is None else f"line {entry.line}"
    where = f"{text_html(change.agreement.name)}, {line}"
    cells = (
        ("Before", text_html(outcome.before or "no line")),
        ("After", text_html(_after(outcome))),
        ("Date written", _date(entry)),
        ("Unit price", _price(entry)),
        ("Monthly effect", _effect(entry)),
    )
    row = "".join(f"<td{_numeric(name)}>{value}</td>" for name, value in cells)
    return (
        f'<tbody><tr><th scope="row">{text_html(change.product.identifier)}<small>{where}</small></th>{row}'
        f"<td>{_result(entry)}</td></tr>"
        f'<tr class="more"><td colspan="{len(_COLUMNS)}">{_more(entry, report)}</td></tr></tbody>'
    )


def _after(outcome: Outcome) -> str:
    if outcome.unknown:
        return "unknown"
    return outcome.after or _NO_AFTER.get(outcome.result, "open")


def _result(entry: Entry) -> str:
    outcome = entry.outcome
    word = "unknown" if outcome.unknown else outcome.result.value
    look = "done" if outcome.result.written else "open" if outcome.result is Result.SKIPPED else "bad"
    undone = f"<small>undone by {entry.undone_by}</small>" if entry.undone_by is not None else ""
    return f'<span class="result {look}">{word.capitalize()}</span>{undone}'


def _date(entry: Entry) -> str:
    day = entry.outcome.day
    if not entry.outcome.result.written or day is None:
        return "none"
    what = {Create: "first day", Cancel: "last day"}.get(type(entry.change), "cancel date")
    return f'<time datetime="{day}">{day}</time><small>{what}</small>'


def _price(entry: Entry) -> str:
    if entry.unit_price is None:
        return "not known"
    cycle = entry.change.agreement.cycle
    per = f"<small>{text_html(cycle)}</small>" if cycle else ""
    return f"{money(entry.unit_price)} {plain_html(entry.currency)}{per}"


def _effect(entry: Entry) -> str:
    if not entry.outcome.result.written:
        return "none" if entry.outcome.result is Result.SKIPPED else "not known"
    if entry.monthly_effect is None:
        return "not known"
    return _amounts({entry.currency: entry.monthly_effect})


def _amounts(sums: Mapping[str, Decimal]) -> str:
    said = [
        f"{'+' if sum_ > 0 else ''}{cents(sum_)} {plain_html(currency)}" for currency, sum_ in sums.items()
    ]
    return "<br>".join(said) or "none"


def _more(entry: Entry, report: Report) -> str:
    outcome = entry.outcome
    lines = [text_html(deed(outcome))]
    if outcome.message:
        lines.append(f"<b>Message:</b> {text_html(outcome.message)}")
    if report.export is not None:
        lines.append(f"<b>Rows of the export:</b> {text_html(parts_sentence(entry))}")
    if outcome.request_id:
        lines.append(f"<b>ConnectWise request:</b> {_code(outcome.request_id)}")
    return "".join(f"<p>{line}</p>" for line in lines)


def _companies(report: Report) -> str:
    rows = []
    for company in report.companies:
        entries = report.of(company.id)
        name = sheet_name(report.team, report.operation, company)
        written = sum(entry.outcome.result.written for entry in entries)
        counts = "".join(f'<td class="number">{count}</td>' for count in (written, len(entries) - written))
        rows.append(
            f'<tr><th scope="row"><a href="{escape(quote(name))}">{text_html(company.name)}</a></th>{counts}'
            f'<td class="number">{_amounts(monthly_effects(entries))}</td></tr>'
        )
    heads = "".join(
        f'<th scope="col"{look}>{name}</th>'
        for name, look in (
            ("Company", ""),
            ("Written", ' class="number"'),
            ("Not written", ' class="number"'),
            ("Monthly effect", ' class="number"'),
        )
    )
    total = _amounts(monthly_effects(report.entries))
    return (
        f"<table><caption>{counted(len(rows), 'company', 'companies')}</caption>"
        f"<thead><tr>{heads}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody>"
        '<tfoot><tr><th scope="row" colspan="3">Monthly effect of what was written</th>'
        f'<td class="number">{total}</td></tr></tfoot></table>'
    )


def _foot(report: Report) -> str:
    made = f"Made by SeatSync on {moment(report.made_at)} for {report.made_by}."
    return f"<footer>{text_html(made)} The audit log holds the SHA-256 of this file.</footer>"
