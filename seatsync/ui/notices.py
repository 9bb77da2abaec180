"""Actions carried out in callbacks, before the page is drawn; the page says what they did, or why not."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from seatsync.errors import SeatSyncError
from seatsync.ui.session import Keys, drop, get, put
from seatsync.ui.text import plain


def attempt(action: Callable[..., Any], *args: Any, done: str = "") -> bool:
    """Carry out an action; ``done`` is toasted on the page, an error stays there until the next click."""
    try:
        action(*args)
    except SeatSyncError as error:
        put(Keys.problem, str(error))
        return False
    if done:
        say(done)
    return True


def say(text: str) -> None:
    """Have a toast shown when the page is drawn; ``text`` may hold names from outside."""
    put(Keys.done, plain(text))


def refuse(text: str) -> None:
    """Have a toast say why a click was not taken; ``text`` may hold names from outside."""
    put(Keys.refusal, plain(text))


def show_problem() -> None:
    """Say why the last action was not carried out, once."""
    refusal, problem = get(Keys.refusal), get(Keys.problem)
    if refusal:
        drop(Keys.refusal)
        st.toast(refusal, icon=":material/block:")
    if problem:
        drop(Keys.problem)
        st.error(plain(problem), icon=":material/error:")
