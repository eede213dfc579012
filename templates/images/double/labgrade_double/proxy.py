"""A TCP proxy that can hold back one answer of the server behind it.

It is armed with a text. The first chunk from the server that holds the text, or its end, is kept
back with everything after it on that connection; other connections, and the client's own bytes, go
on. A late answer cannot be made with a table lock: a SELECT that waits for a lock takes its snapshot
afterwards and sees the new row.
"""

import asyncio
import socket


class Proxy:
    """All connections, and the one that is held."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self.connections = 0
        self._needle: bytes | None = None
        self._armings = 0
        self._held: "Server | None" = None

    def accept(self) -> "Client":
        return Client(self)

    def arm(self, needle: bytes) -> dict[str, int | bool]:
        if self._held is not None:
            raise ValueError("an answer is held: release it first")
        self._needle = needle
        self._armings += 1
        return self.state()

    def state(self) -> dict[str, int | bool]:
        return {
            "armed": self._needle is not None,
            "held": self._held is not None,
            "connections": self.connections,
        }

    def release(self) -> bool:
        """Lets go what is held, and waits for nothing any more."""
        self._needle = None
        held, self._held = self._held, None
        if held is not None:
            held.let_go()
        return held is not None

    def holds(self, server: "Server", chunk: bytes) -> bool:
        """Whether this chunk of a server is to be held."""
        if self._needle is None:
            return False
        if server.arming != self._armings:
            server.arming, server.tail = self._armings, b""
        seen = server.tail + chunk
        if self._needle not in seen:
            server.tail = seen[-(len(self._needle) - 1) :] if len(self._needle) > 1 else b""
            return False
        self._needle = None
        self._held = server
        return True

    def forget(self, server: "Server") -> None:
        if self._held is server:
            self._held = None


class End(asyncio.Protocol):
    """One end of a connection. What it reads goes to the other, as fast as that one takes it."""

    other: "End | None" = None
    transport: asyncio.Transport | None = None
    _ended = False
    # The other end takes nothing more for now.
    _blocked = False

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        connected = transport.get_extra_info("socket")
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        if self.other and self.other.transport:
            self.other.transport.write(data)

    def pause_writing(self) -> None:
        if self.other:
            self.other.block(True)

    def resume_writing(self) -> None:
        if self.other:
            self.other.block(False)

    def block(self, blocked: bool) -> None:
        self._blocked = blocked
        self.read_or_not()

    def may_read(self) -> bool:
        return not self._blocked

    def read_or_not(self) -> None:
        if self.transport and not self.transport.is_closing():
            if self.may_read():
                self.transport.resume_reading()
            else:
                self.transport.pause_reading()

    def eof_received(self) -> bool:
        """This end sends no more: neither does the other from now on, but it may still be sent to."""
        self._ended = True
        if self.other and self.other.transport and self.other.transport.can_write_eof():
            self.other.transport.write_eof()
        # Kept open until both have ended.
        return not (self.other and self.other._ended)

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        other = self.other
        if other and other.transport:
            if error is None:
                other.transport.close()
            else:
                other.transport.abort()


class Client(End):
    """The end of a submission. What it says before the server is there is kept for it."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self.other: Server = Server(proxy, self)
        self._connecting: asyncio.Task | None = None
        self._early: list[bytes] = []

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self._proxy.connections += 1
        self._connecting = asyncio.get_running_loop().create_task(self._connect())

    async def _connect(self) -> None:
        server, loop = self.other, asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: server, self._proxy.host, self._proxy.port)
        except OSError:
            if self.transport:
                self.transport.abort()
            return
        if server.transport is None:
            return
        if self.transport is None:
            server.transport.close()
            return
        for data in self._early:
            server.transport.write(data)
        self._early.clear()
        self.read_or_not()

    def data_received(self, data: bytes) -> None:
        if self.other.transport:
            super().data_received(data)
        else:
            self._early.append(data)
            self.read_or_not()

    def may_read(self) -> bool:
        return not self._early and super().may_read()

    def eof_received(self) -> bool:
        # One that leaves before the server is there has nothing to be told.
        return super().eof_received() if self.other.transport else False

    def connection_lost(self, error: Exception | None) -> None:
        self._proxy.connections -= 1
        super().connection_lost(error)


class Server(End):
    """The end of the server behind the proxy, which may be held."""

    def __init__(self, proxy: Proxy, client: Client) -> None:
        self._proxy = proxy
        self.other = client
        self.arming = 0
        self.tail = b""
        self._kept: list[bytes] | None = None

    def data_received(self, data: bytes) -> None:
        if self._kept is not None:
            self._kept.append(data)
        elif self._proxy.holds(self, data):
            self._kept = [data]
            # What comes after stays with the server; memory holds no more than this.
            self.read_or_not()
        else:
            super().data_received(data)

    def let_go(self) -> None:
        kept, self._kept = self._kept, None
        for data in kept or []:
            super().data_received(data)
        self.read_or_not()

    def may_read(self) -> bool:
        return self._kept is None and super().may_read()

    def connection_lost(self, error: Exception | None) -> None:
        self._proxy.forget(self)
        super().connection_lost(error)
