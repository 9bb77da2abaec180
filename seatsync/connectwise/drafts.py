"""The writes of a push as requests: method, path and body, without sending them."""

from datetime import date
from decimal import Decimal

from seatsync.connectwise import paging, wire
from seatsync.model import AdditionId, AgreementId, ProductId
from seatsync.ports import WriteRequest


class Drafts:
    """Describes each write as the client sends it: the client takes its requests from here."""

    def set_quantity(self, agreement: AgreementId, addition: AdditionId, quantity: Decimal) -> WriteRequest:
        """Describe the replacement of a line's quantity."""
        return WriteRequest("PATCH", line_path(agreement, addition), wire.quantity_patch(quantity))

    def set_cancelled(self, agreement: AgreementId, addition: AdditionId, day: date | None) -> WriteRequest:
        """Describe the setting of a line's last day, or its removal."""
        return WriteRequest("PATCH", line_path(agreement, addition), wire.cancel_patch(day))

    def create_addition(
        self,
        agreement: AgreementId,
        product: ProductId,
        quantity: Decimal,
        effective: date,
        serial: str = "",
    ) -> WriteRequest:
        """Describe the adding of a billable line."""
        body = wire.new_addition(product, quantity, effective, serial)
        return WriteRequest("POST", paging.additions_of(agreement).path, body)


def line_path(agreement: AgreementId, addition: AdditionId) -> str:
    """Return where a line is, below the API's root."""
    return f"{paging.additions_of(agreement).path}/{addition}"
