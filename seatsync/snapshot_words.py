"""What a scan found changed, counted in a few sentences."""

from seatsync.snapshot_changes import Records, SnapshotChanges, What
from seatsync.summary import counted, listed

_NOUNS = {
    Records.COMPANIES: ("company", "companies"),
    Records.AGREEMENTS: ("agreement", ""),
    Records.ADDITIONS: ("addition", ""),
}
_SAID = {
    What.AGREEMENT_STATUS: "with another status",
    What.ADDITION_QUANTITY: "with another quantity",
    What.ADDITION_PRICE: "with another price",
    What.ADDITION_BILLING: "billed otherwise",
    What.ADDITION_RESUMED: "billed again",
}


def in_words(changes: SnapshotChanges) -> str:
    """Count what changed in a few sentences."""
    said = []
    for records, nouns in _NOUNS.items():
        parts: list[str] = []
        for what in What:
            many = changes.counts.get(what, 0)
            if what.records is records and many:
                many_of = f"{many:,}" if parts else counted(many, *nouns)
                parts.append(f"{many_of} {_SAID.get(what, what.label.lower())}")
        if parts:
            said.append(f"{listed(parts)}.")
    if changes.others:
        is_ = "is" if changes.others == 1 else "are"
        more = counted(changes.others, "more change" if said else "change")
        said.append(f"{more} {is_} on additions of products that no license is mapped to.")
    return " ".join(said) or "Nothing changed."
