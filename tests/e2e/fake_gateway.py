"""A real SMS gateway on loopback that behaves, hangs, fails or lies as it is told (假短信网关).

    python tests/e2e/fake_gateway.py --port 8099 --key secret

In tests: `with FakeGateway(key) as gateway: gateway.manners = ["hang", "accept"]`; each request takes the
next manner, the last one stays.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

HANG_S = 1.5


@dataclass
class Heard:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class FakeGateway:
    """Keeps every request, and each message once by its Idempotency-Key."""

    key: bytes
    port: int = 0
    manners: list[str] = field(default_factory=lambda: ["accept"])
    heard: list[Heard] = field(default_factory=list)
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __enter__(self) -> FakeGateway:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                gateway.answer(self)

            def do_GET(self) -> None:
                gateway.heard.append(Heard(self.path, dict(self.headers), b""))
                reply(self, 200, b"{}")

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self._server = _QuietServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/send"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        heard = Heard(handler.path, dict(handler.headers), body)
        self.heard.append(heard)
        manner = self.manners.pop(0) if len(self.manners) > 1 else self.manners[0]
        if not self._is_signed(heard):
            reply(handler, 401, b'{"error": "signature"}')
        elif manner == "hang":
            time.sleep(HANG_S)
            handler.close_connection = True
        elif manner == "accept_then_hang":
            self._accept(heard)
            time.sleep(HANG_S)
            handler.close_connection = True
        elif manner.isdigit():
            reply(handler, int(manner), b"{}")
        elif manner.startswith("429 "):
            reply(handler, 429, b"{}", {"Retry-After": manner[4:]})
        elif manner == "bad gzip":
            reply(handler, 200, b"not gzip at all", {"Content-Encoding": "gzip"})
        elif manner == "redirect":
            reply(handler, 307, b"", {"Location": f"http://127.0.0.1:{self.port}/elsewhere"})
        else:
            reply(handler, 200, self._body(manner, heard))

    def _body(self, manner: str, heard: Heard) -> bytes:
        """What a 200 says: the truth for "accept" and "reject", else one of the lies."""
        key = heard.message["id"]
        lies = {
            "not json": b"<html>OK</html>",
            "other shape": b'{"code": 0, "msg": "success"}',
            "other id": json.dumps({"id": "8-999", "status": "accepted", "receipt": "R-1"}).encode(),
            "no receipt": json.dumps({"id": key, "status": "accepted"}).encode(),
            "delivered": json.dumps({"id": key, "status": "delivered", "receipt": "R-1"}).encode(),
            "same receipt": json.dumps({"id": key, "status": "accepted", "receipt": "R-same"}).encode(),
            "list": b"[]",
            "deep": b"[" * 50_000,
            "endless": b'{"id": "' + b"x" * 200_000 + b'"}',
            "reject": json.dumps({"id": key, "status": "rejected", "reason": "empty_number"}).encode(),
        }
        if manner == "accept":
            return json.dumps(self._accept(heard)).encode()
        return lies[manner]

    def _accept(self, heard: Heard) -> dict[str, Any]:
        key = heard.headers["Idempotency-Key"]
        said = {"id": heard.message["id"], "status": "accepted", "receipt": f"R-{len(self.sent) + 1}"}
        return self.sent.setdefault(key, said)

    def _is_signed(self, heard: Heard) -> bool:
        """Our own reading of the protocol, apart from the code under test."""
        stamp, nonce = heard.headers.get("X-Timestamp", ""), heard.headers.get("X-Nonce", "")
        signed = stamp.encode() + b"\n" + nonce.encode() + b"\n" + heard.body
        expected = hmac.new(self.key, signed, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected, heard.headers.get("X-Signature", ""))


class _QuietServer(ThreadingHTTPServer):
    """A client that hangs up in the middle is what these tests are about, not an error."""

    def handle_error(self, request: object, client_address: object) -> None:
        pass


def reply(
    handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str] | None = None
) -> None:
    handler.send_response(status)
    for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--key", required=True)
    chosen = parser.parse_args()
    with FakeGateway(chosen.key.encode(), chosen.port) as gateway:
        print(gateway.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
