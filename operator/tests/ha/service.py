"""A Service without a kube-proxy: a port that leads to the one pod that has the labels now."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress


class Service:
    """Connections go to where `target` leads when they begin, and stay there, as with a kube-proxy.

    `target` returns host and port, or null where no pod is ready: then a connection is refused.
    """

    def __init__(self, target: Callable[[], tuple[str, int] | None]) -> None:
        self._target = target
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._socket.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        target = self._target()
        try:
            server = socket.create_connection(target, timeout=5) if target else None
        except OSError:
            server = None
        if server is None:
            client.close()
            return
        server.settimeout(None)
        for source, sink in ((client, server), (server, client)):
            threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for each in (source, sink):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
