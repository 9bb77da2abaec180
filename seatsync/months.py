"""The kept exports in the order of the time that they are of, and which of them stands for its month."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC

from seatsync.file_dates import FileDate, file_date
from seatsync.model import ExportRecord


@dataclass(frozen=True, slots=True)
class Dated:
    """A kept export and the month or day that it is of; ``by_upload`` where its name states none."""

    export: ExportRecord
    at: FileDate
    by_upload: bool = False

    @property
    def month(self) -> FileDate:
        """The month, without the day."""
        return FileDate(self.at.year, self.at.month)

    @property
    def whole(self) -> bool:
        """Whether what the file lacks may be taken for gone."""
        return self.export.accepted and (not self.export.truncated or bool(self.export.declared))


def in_time_order(exports: Iterable[ExportRecord]) -> tuple[Dated, ...]:
    """Sort exports by the time that their names state, else by their upload.

    Where a name states only the month, the file is of the latest day known of that month when it was
    uploaded; of files of one time, the one uploaded last is the later.
    """
    latest: dict[FileDate, int] = {}
    placed = []
    for export in sorted(exports, key=lambda each: each.id):
        stated = file_date(export.name)
        uploaded = export.uploaded_at.astimezone(UTC)
        at = stated or FileDate(uploaded.year, uploaded.month, uploaded.day)
        month = FileDate(at.year, at.month)
        day = at.day or latest.get(month, 0)
        latest[month] = max(day, latest.get(month, 0))
        placed.append(((month, day, export.id), Dated(export, at, stated is None)))
    return tuple(dated for _, dated in sorted(placed, key=lambda pair: pair[0]))


def stand_for_months(files: Sequence[Dated]) -> tuple[int, ...]:
    """Return the place of one file a month, in their order: the last whole one, else the last."""
    chosen: dict[FileDate, int] = {}
    for place, file in enumerate(files):
        before = chosen.get(file.month)
        if before is None or file.whole or not files[before].whole:
            chosen[file.month] = place
    return tuple(sorted(chosen.values()))
