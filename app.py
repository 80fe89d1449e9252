"""The browser door: `streamlit run app.py`. Names the page script and answers only to this machine's own address."""

from __future__ import annotations

import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from views.shared import on_script_error

_HERE = frozenset({"localhost", "127.0.0.1", "[::1]"})


class LocalOnly:
    """Single-user mode has no sign-in: refuse a request whose Host is not this machine, such as a rebound name's."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
            name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
            if name not in _HERE:
                await _refuse(scope, receive, send)
                return
        await self.app(scope, receive, send)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4403})
        return
    body = "本机模式只接受 http://localhost 的访问".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})


app = st.App("views/main.py", middleware=[Middleware(LocalOnly)], on_script_error=on_script_error)
