"""The app as a server: answers that leave at once, and previews that are built beforehand."""

import gc
import socket

from seatsync.desk import Desk
from seatsync.model import ExportId
from seatsync.ui import server
from seatsync.ui.session import installation


def test_connections_to_a_socket_that_listens_send_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert not listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        closed = socket.socket()
        closed.close()
        server._answer_at_once()
        with socket.create_connection(listener.getsockname()) as client:
            accepted, _ = listener.accept()
            with accepted:
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            assert client.fileno() > 0
    assert gc.isenabled()


def test_the_newest_preview_is_built_by_nobody_and_saves_nothing(desk: Desk, november: ExportId) -> None:
    server._warm_up()
    assert desk.store.choices.links(desk.team.id) == ()
    kept = installation().reviews._kept
    assert [key[1] for key in kept if isinstance(key, tuple)] == [november]
