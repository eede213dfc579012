"""Starts the double: its ports, and the variables that it takes."""

import asyncio
import os
import sys

import uvloop

from .admin import Admin
from .double import Double
from .http import Connection
from .proxy import Proxy

STUDENTS_PORT = 8080
ADMIN_PORT = 8081


async def serve(token: str, proxied: str | None) -> None:
    loop = asyncio.get_running_loop()
    double = Double()
    proxy = None
    if proxied:
        port, host, upstream = proxied.rsplit(":", 2)
        proxy = Proxy(host, int(upstream))
        await loop.create_server(proxy.accept, "0.0.0.0", int(port), backlog=1024)
    admin = Admin(token, double, proxy)
    await loop.create_server(
        lambda: Connection(double.handle), "0.0.0.0", STUDENTS_PORT, backlog=1024
    )
    # Last: whoever reaches it reaches everything.
    await loop.create_server(lambda: Connection(admin.handle), "0.0.0.0", ADMIN_PORT)
    await loop.create_future()


def main() -> None:
    token = os.environ.get("LABGRADE_TOKEN")
    if not token:
        sys.exit("labgrade-double: LABGRADE_TOKEN is not set")
    uvloop.run(serve(token, os.environ.get("LABGRADE_PROXY")))
