"""A private certificate authority, and servers that show its certificates on a loopback port."""

import ipaddress
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.types import ASGIApp

_LIFE = timedelta(days=2)
_SECONDS_TO_START = 20


class Authority:
    """Signs certificates; its own lies in ``file``."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        own = (
            self._builder(self._name, self._key, datetime.now(UTC) - _LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def certify(self, host: str, *, expired: bool = False) -> Path:
        """Write a certificate for a host name or address, and its key, into one file."""
        key = ec.generate_private_key(ec.SECP256R1())
        start = datetime.now(UTC) - _LIFE * (10 if expired else 1)
        certificate = (
            self._builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")]), key, start)
            .add_extension(x509.SubjectAlternativeName([_general_name(host)]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        file = self._folder / f"{self.file.stem}-{host}-{'expired' if expired else 'valid'}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        return file

    def _builder(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, start: datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + 2 * _LIFE)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
        )


@dataclass
class Secured:
    """A server over TLS; ``greeted`` holds the host name that each attempt to connect asked for."""

    port: int = 0
    greeted: list[str | None] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address by number."""
        return f"https://127.0.0.1:{self.port}"


@contextmanager
def secured(app: ASGIApp, certificate: Path) -> Iterator[Secured]:
    """Serve over TLS in a thread while the block runs."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        http="h11",
        ws="none",
        lifespan="off",
        log_level="critical",
        ssl_certfile=certificate,
        ssl_keyfile=certificate,
        timeout_graceful_shutdown=1,
    )
    config.load()
    front = Secured()

    def greet(_connection: Any, name: str | None, _context: Any) -> None:
        front.greeted.append(name)

    assert config.ssl is not None
    config.ssl.sni_callback = greet
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + _SECONDS_TO_START
    while not server.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.started
    front.port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield front
    finally:
        server.should_exit = True
        thread.join()


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
