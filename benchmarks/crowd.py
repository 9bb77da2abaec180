"""Many browser sessions that click at once: clients that speak Streamlit's protocol, without a browser."""

import asyncio
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

_LARGEST = 200 * 1024 * 1024
_WELL = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


@dataclass
class Clicker:
    """One session on a page: it clicks the options of a group of pills in turn, each a run of the script."""

    socket: ClientConnection
    page: str
    query: str
    label: str
    pills: str = ""
    fragment: str = ""
    options: Sequence[str] = ()
    seconds: list[float] = field(default_factory=list)

    async def open(self) -> None:
        """Draw the page for the first time. Raises LookupError when it has no such pills."""
        await self._run(None)
        if not self.options:
            raise LookupError(f"{self.page} has no pills {self.label}.")

    async def click(self, times: int) -> None:
        """Click so often, each time once the page is drawn; how long that took is kept."""
        for turn in range(times):
            chosen = [
                option for place, option in enumerate(self.options) if place != turn % len(self.options)
            ]
            began = perf_counter()
            await self._run(chosen)
            self.seconds.append(perf_counter() - began)

    async def _run(self, chosen: Sequence[str] | None) -> None:
        asked = BackMsg()
        asked.rerun_script.query_string = self.query
        asked.rerun_script.page_name = self.page
        if chosen is not None:
            # As a browser does: what stands in a part of the page that is drawn by itself draws that alone.
            asked.rerun_script.fragment_id = self.fragment
            state = asked.rerun_script.widget_states.widgets.add()
            state.id = self.pills
            state.string_array_value.data.extend(chosen)
        await self.socket.send(asked.SerializeToString())
        while True:
            said = ForwardMsg.FromString(_bytes(await self.socket.recv()))
            kind = said.WhichOneof("type")
            if kind == "delta":
                self._note(said.delta)
            elif kind == "script_finished":
                if said.script_finished not in _WELL:
                    raise RuntimeError(f"The page ended with {said.script_finished}.")
                return

    def _note(self, delta: Any) -> None:
        element = delta.new_element
        if element.WhichOneof("type") == "exception":
            raise RuntimeError(element.exception.message)
        if element.WhichOneof("type") == "button_group" and element.button_group.label == self.label:
            self.pills, self.fragment = element.button_group.id, delta.fragment_id
            self.options = [option.content for option in element.button_group.options]


def _bytes(message: str | bytes) -> bytes:
    return message if isinstance(message, bytes) else message.encode()


async def crowd(
    address: str, page: str, query: str, label: str, sessions: int, clicks: int
) -> dict[str, Any]:
    """Open so many sessions one after the other, then let all click at once; what they got a second.

    ``label`` is that of the pills to click on; ``query`` is the page's, with neither sign before it.
    """
    stream = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    sockets = [
        await connect(stream, subprotocols=[Subprotocol("streamlit")], max_size=_LARGEST, ping_interval=None)
        for _ in range(sessions)
    ]
    clickers = [Clicker(socket, page, query, label) for socket in sockets]
    for each in clickers:
        await each.open()
    await clickers[0].click(3)
    clickers[0].seconds.clear()
    began = perf_counter()
    await asyncio.gather(*(each.click(clicks) for each in clickers))
    seconds = perf_counter() - began
    await asyncio.gather(*(socket.close() for socket in sockets))
    waits = sorted(wait for each in clickers for wait in each.seconds)
    return {
        "sessions": sessions,
        "reruns": len(waits),
        "seconds": seconds,
        "per_second": len(waits) / seconds,
        "median_wait": statistics.median(waits),
        "longest_wait": waits[-1],
    }


def clicked(**arguments: Any) -> dict[str, Any]:
    """Run a crowd, for a process of its own."""
    return asyncio.run(crowd(**arguments))
