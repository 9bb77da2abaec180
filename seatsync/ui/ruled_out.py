"""The companies ruled out for a tenant, each with the button that takes it back."""

from collections.abc import Sequence

import streamlit as st

from seatsync.desk import Desk
from seatsync.links import allow_company
from seatsync.model import Rejection
from seatsync.people import Permission
from seatsync.searching import finder
from seatsync.ui.notices import attempt
from seatsync.ui.trails import TAKE_BACK
from seatsync.ui.words import AT_ONCE, counted, moment

_SHOWN = 20
_WIDTHS = (0.32, 0.28, 0.24, 0.16)


def show_ruled_out(desk: Desk, rejections: Sequence[Rejection], words: str) -> None:
    """List the companies ruled out in which every word occurs."""
    fits = finder(words)
    found = [each for each in rejections if fits(_haystack(each))]
    st.subheader("Ruled out")
    st.caption(
        "A company ruled out for a tenant is neither matched nor suggested: a person links that tenant. "
        f"{counted(len(found), 'company', 'companies')} of {len(rejections):,}."
    )
    for rejection in found[:_SHOWN]:
        tenant, company, who, act = st.columns(_WIDTHS, vertical_alignment="center")
        tenant.text(f"{rejection.tenant_name} ({rejection.portal or rejection.key})")
        company.text(rejection.company_name)
        at = moment(rejection.rejected_at) if rejection.rejected_at else ""
        who.text(" ".join(filter(None, (at, rejection.rejected_by and f"by {rejection.rejected_by}"))))
        if desk.person.may(Permission.MANAGE):
            act.button(
                TAKE_BACK,
                icon=":material/undo:",
                type="tertiary",
                key=f"allow-{rejection.company_id}-{rejection.key}",
                on_click=_allow,
                args=(desk, rejection),
            )
    if len(found) > _SHOWN:
        st.caption(f"The first {_SHOWN} are shown. Search for the others.")


def _haystack(rejection: Rejection) -> str:
    return "\n".join((rejection.tenant_name, rejection.portal, rejection.company_name)).casefold()


def _allow(desk: Desk, rejection: Rejection) -> None:
    portal = rejection.portal or rejection.key
    said = f"{rejection.company_name} may be suggested for {rejection.tenant_name or portal} again. {AT_ONCE}"
    attempt(allow_company, desk, portal, rejection.company_id, done=said)
