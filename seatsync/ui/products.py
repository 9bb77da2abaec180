"""Products to choose from, and how one is named."""

from collections.abc import Mapping

import streamlit as st

from seatsync.answers import money
from seatsync.model import Book, Product, ProductId
from seatsync.ui.text import unique_labels

_LONG = 32


def describe(product: Product) -> str:
    """Name a product: identifier, description, price."""
    parts = [product.identifier, product.description]
    parts.append("no price" if product.price is None else money(product.price))
    if product.inactive:
        parts.append("inactive")
    return " · ".join(part for part in parts if part)


def short(text: str) -> str:
    """Cut a name that would not fit on a button."""
    return text if len(text) <= _LONG else f"{text[: _LONG - 1].rstrip()}…"


class Choices:
    """The catalogue as a select box offers it: active products first, by identifier, each label its own."""

    def __init__(self, book: Book) -> None:
        order = sorted(book.products.values(), key=lambda p: (p.inactive, p.identifier.casefold(), p.id))
        self.products: Mapping[ProductId, Product] = {product.id: product for product in order}
        self._ids = list(self.products)
        self._labels = unique_labels(self._ids, lambda id_: describe(self.products[id_]))

    def box(self, label: str, key: str, now: ProductId | None = None) -> ProductId | None:
        """Draw a select box of the catalogue without its label; ``now`` is chosen to begin with."""
        chosen: ProductId | None = st.selectbox(
            label,
            self._ids,
            format_func=lambda id_: self._labels[id_],
            index=self._ids.index(now) if now is not None and now in self.products else None,
            placeholder="Choose a product, or type to search the catalogue",
            label_visibility="collapsed",
            key=key,
        )
        return chosen
