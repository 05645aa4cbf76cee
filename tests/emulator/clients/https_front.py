"""Lets clients that insist on https://graph.facebook.com reach an emulator on this machine.

A proxy that a client is pointed at with ``HTTPS_PROXY``: it answers for Meta's hosts itself, with
a certificate of its own making, hands the calls to the emulator, and lets nothing else out.
"""

import asyncio
import contextlib
import datetime
import os
import threading
from pathlib import Path

import httpx
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

HOSTS = ("graph.facebook.com", "graph-video.facebook.com", "rupload.facebook.com")
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_NOT_PASSED_ON = frozenset(("connection", "content-length", "transfer-encoding", "accept-encoding"))
_NOT_PASSED_BACK = frozenset((*_NOT_PASSED_ON, "content-encoding"))


class HttpsFront:
    """The proxy, from ``start`` on; ``environment`` points a client at it."""

    def __init__(self, emulator_url: str, folder: Path) -> None:
        self._target = httpx.AsyncClient(base_url=emulator_url, timeout=60, trust_env=False)
        self._certificate, self._key = _make_certificate(folder)
        self._ready = threading.Event()
        self._ports: list[int] = []

    def start(self) -> None:
        """Serve from a thread that ends with the process."""
        threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()
        if not self._ready.wait(10):
            raise RuntimeError("the proxy did not start")

    def environment(self) -> dict[str, str]:
        """Return this process's environment with the proxy and its certificate."""
        proxy, trusted = f"http://127.0.0.1:{self._ports[1]}", str(self._certificate)
        names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
        kept = {name: value for name, value in os.environ.items() if name.upper() != "NO_PROXY"}
        return {
            **kept,
            **dict.fromkeys(names, trusted),
            "HTTPS_PROXY": proxy,
            "https_proxy": proxy,
        }

    async def _serve(self) -> None:
        config = uvicorn.Config(
            Starlette(routes=[Route("/{path:path}", self._forward, methods=_METHODS)]),
            port=0,
            ssl_certfile=str(self._certificate),
            ssl_keyfile=str(self._key),
            log_level="error",
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        proxy = await asyncio.start_server(self._tunnel, "127.0.0.1", 0)
        self._ports = [
            server.servers[0].sockets[0].getsockname()[1],
            proxy.sockets[0].getsockname()[1],
        ]
        self._ready.set()
        await serving

    async def _forward(self, request: Request) -> Response:
        headers = [
            (name, value) for name, value in request.headers.items() if name not in _NOT_PASSED_ON
        ]
        answer = await self._target.request(
            request.method,
            str(request.url.replace(scheme="", netloc="")),
            headers=[*headers, ("x-forwarded-proto", "https")],
            content=await request.body(),
        )
        back = {k: v for k, v in answer.headers.items() if k not in _NOT_PASSED_BACK}
        return Response(answer.content, answer.status_code, back)

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        words = (await reader.readline()).decode().split()
        while (await reader.readline()).strip():
            pass
        if len(words) < 2 or words[0] != "CONNECT" or words[1].split(":")[0] not in HOSTS:
            writer.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
            writer.close()
            return
        inner, outer = await asyncio.open_connection("127.0.0.1", self._ports[0])
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(_pipe(reader, outer), _pipe(inner, writer))


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    # A client that leaves ends the tunnel; there is nobody to tell.
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


def _make_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for Meta's hosts that signs itself, good for a day, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "emulator of graph.facebook.com")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in HOSTS]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(pem))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    key_file.touch(0o600)
    key_file.write_bytes(key.private_bytes(pem, *plain))
    return certificate_file, key_file
