"""A bare server that answers byte for byte what a test says, a certificate for it, and a real crawl against it."""

import base64
import contextlib
import datetime as dt
import ipaddress
import json
import os
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).parents[3]
PROBE = Path(__file__).with_name("probe.py")

RESET = object()
"""Ends the connection with RST instead of FIN."""

CLOSE = object()
"""Ends the connection with FIN."""

Step = bytes | float | object
Script = tuple[Step, ...] | Callable[[bytes, int], tuple[Step, ...]]


@dataclass
class BareServer:
    """Answers each path with the steps of its script: bytes are sent, numbers are seconds to wait.

    A script may be a function of the request's bytes and of how often the path was asked for before. ``requests`` holds
    all request bytes by path, ``arrivals`` (monotonic time, path), ``connections`` counts what was accepted.
    """

    scripts: dict[str, Script] = field(default_factory=dict)
    context: ssl.SSLContext | None = None
    requests: dict[str, list[bytes]] = field(default_factory=dict)
    arrivals: list[tuple[float, str]] = field(default_factory=list)
    peers: list[int] = field(default_factory=list)
    connections: int = 0
    active: int = 0
    most_active: int = 0

    def start(self) -> None:
        """Listen on a free port of the loopback interface."""
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        """Accept no more."""
        self._socket.close()

    @property
    def origin(self) -> str:
        """``http://127.0.0.1:PORT``, or https."""
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.enter_context(connection)
            if self.context:
                connection = stack.enter_context(self.context.wrap_socket(connection, server_side=True))
            port = connection.getpeername()[1]
            while request := read_request(connection):
                path = request.split(b" ")[1].decode()
                with self._lock:
                    asked = self.requests.setdefault(path, [])
                    script = self.scripts.get(path, (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",))
                    steps = script(request, len(asked)) if callable(script) else script
                    asked.append(request)
                    self.arrivals.append((time.monotonic(), path))
                    self.peers.append(port)
                    self.active += 1
                    self.most_active = max(self.active, self.most_active)
                try:
                    is_open = play_steps(connection, steps)
                finally:
                    with self._lock:
                        self.active -= 1
                if not is_open:
                    return


def read_request(connection: socket.socket) -> bytes:
    """One whole request; empty at the end of the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while lengths and len(body) < int(lengths[0]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def play_steps(connection: socket.socket, steps: tuple[Step, ...]) -> bool:
    """Do what the script says; the connection stays open for more unless the script ends it."""
    for step in steps:
        if isinstance(step, bytes):
            connection.sendall(step)
        elif isinstance(step, float):
            time.sleep(step)
        else:
            if step is RESET:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
            return False
    return True


@dataclass(frozen=True)
class Authority:
    """A certificate authority of the test's own, with a certificate for the loopback address."""

    ca_file: Path
    chain_file: Path
    expired_file: Path

    def make_context(self, *, is_expired: bool = False) -> ssl.SSLContext:
        """A server's context with the certificate, or with one that expired a week ago."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.expired_file if is_expired else self.chain_file)
        return context


def issue_certificate(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    names: tuple[x509.GeneralName, ...] = (),
    age: dt.timedelta = dt.timedelta(0),
) -> x509.Certificate:
    """A certificate for a day, issued so long ago; an authority's when it names nobody."""
    now = dt.datetime.now(dt.UTC) - age
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that only those trust who are told to."""
    folder = tmp_path_factory.mktemp("authority")
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = issue_certificate("Test CA", ca_key, "Test CA", ca_key)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    result = Authority(folder / "ca.pem", folder / "chain.pem", folder / "expired.pem")
    result.ca_file.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for file, age in ((result.chain_file, dt.timedelta(0)), (result.expired_file, dt.timedelta(days=8))):
        certificate = issue_certificate("server", key, "Test CA", ca_key, names=(address,), age=age)
        file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return result


@pytest.fixture(scope="session")
def start_server() -> Iterator[Callable[..., BareServer]]:
    """Starts servers: ``start_server(scripts, context=None)``."""
    servers = []

    def start(scripts: Mapping[str, Script], context: ssl.SSLContext | None = None) -> BareServer:
        server = BareServer(dict(scripts), context)
        server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


@dataclass(frozen=True)
class Crawl:
    """What came of a plan: results in the order of its requests, rulings on robots.txt, states of hosts, stats."""

    results: list[dict[str, Any]]
    rulings: list[dict[str, Any]]
    hosts: list[dict[str, Any]]
    stats: dict[str, Any]
    log: str


@pytest.fixture(scope="session")
def run_crawl(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Crawl]:
    """Runs a real crawl: ``run_crawl(requests, hosts=…, settings=…, seed=…, environment=…, in_order=…)``.

    ``seed`` are more lines of the seed file; ``sites`` are more seed files, hosts and such lines for each. ``rested``
    are hosts' states from an earlier crawl. ``interrupt`` sends Ctrl-C when it is set.
    """

    def run(  # noqa: PLR0913 - each is a side of a crawl that some test looks at
        requests: list[dict[str, Any]],
        *,
        hosts: list[str],
        settings: Mapping[str, Any] | None = None,
        seed: str = "delay = 0.0",
        sites: Sequence[tuple[list[str], str]] = (),
        environment: Mapping[str, str] | None = None,
        in_order: bool = False,
        rested: Sequence[dict[str, Any]] = (),
        interrupt: threading.Event | None = None,
    ) -> Crawl:
        folder = tmp_path_factory.mktemp("crawl")
        for number, (site_hosts, lines) in enumerate([(hosts, seed), *sites]):
            write_seed(folder / f"site{number}.toml", site_hosts, lines)
        process = subprocess.Popen(
            [sys.executable, PROBE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
                "PYTHONWARNINGS": "error",
                "REPLYWATCH_SEEDS_DIR": str(folder),
                "REPLYWATCH_ALLOW_PRIVATE_HOSTS": "true",
                "REPLYWATCH_CONTACT": "test@example.org",
                **(environment or {}),
            },
        )
        if interrupt:
            threading.Thread(target=interrupt_process, args=(process, interrupt)).start()
        plan = {"requests": requests, "settings": settings or {}, "in_order": in_order, "hosts": rested}
        with process:
            output, log = process.communicate(json.dumps(plan), timeout=60)
        assert process.returncode == 0, log
        found = json.loads(output)
        assert len(found["results"]) == len(requests), log
        return Crawl(**found, log=log)

    return run


def interrupt_process(process: "subprocess.Popen[str]", moment: threading.Event) -> None:
    """Press Ctrl-C when the moment has come."""
    if moment.wait(60):
        process.send_signal(signal.SIGINT)


def write_seed(path: Path, hosts: list[str], lines: str) -> None:
    """A seed file with one column."""
    site = f'key = "{path.stem}"\nname = "Test"\nhosts = {json.dumps(hosts)}\n{lines}\n'
    column = f'[[columns]]\nkind = "提案"\nname = "答复"\nurl = "http://{hosts[0]}/list/"\n'
    path.write_text(site + column, encoding="utf-8")


def decode(value: str | None) -> bytes:
    """Bytes that the probe printed."""
    return base64.b64decode(value or "")
