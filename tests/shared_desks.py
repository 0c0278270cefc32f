"""A desk of a shared store that answers on a port of this computer, and people who visit it."""

import asyncio
import datetime as dt
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import desks
import stores
from builders import Site, box

from landtrack.app import credentials
from landtrack.server import shared, start
from landtrack.server.shared_guard import Front
from landtrack.server.tries import Tries
from landtrack.store.postgis import people

HOST = "desk.example.org"
PASSWORD = "kuiper wanderlust 77"  # noqa: S105
SESSION, DEVICE = "__Host-landtrack", "__Host-landtrack-known"


@dataclass
class Visitor(desks.Visitor):
    """Asks a shared desk as its proxy does for a browser."""

    host: str = HOST

    def ask(self, path, method="GET", *, here=True, **how):
        own = {"Host": self.host}
        if here and method != "GET":
            own |= {"Origin": f"https://{self.host}", "Sec-Fetch-Site": "same-origin"}
        return super().ask(path, method, here=False, **own | how)

    def signs_in(self, name, password=PASSWORD, code="", way="/", **how):
        body = urlencode({"name": name, "password": password, "code": code, "next": way}).encode()
        return self.ask("/sign-in", "POST", body=body,
                        Content_Type="application/x-www-form-urlencoded", **how)


@dataclass
class Desk:
    """A shared desk at work: the owner's address of its store, that of the desk, its port."""

    owner: object
    at: object
    port: int
    tries: Tries
    state: Path
    lines: list

    def visitor(self, **cookies):
        return Visitor(self.port, {"landtrack-language": "en", **cookies})

    def of(self, name):
        """Give a visitor who is signed in, without asking who they are."""
        token = credentials.token()
        people.enter(self.at, name, token, device=people.digest(name), former="",
                     address="10.0.0.7", agent="", factors=1)
        return self.visitor(**{SESSION: token})


def with_passwords(owner, names):
    """Let accounts have the password of the tests."""
    from landtrack.app import people as use_case

    hashed = credentials.hashed(PASSWORD)
    for name in names:
        link = use_case.link(owner, name).partition("link=")[2]
        people.use_link(owner, link, hashed, device=b"none", address="")


def judged(folder):
    """Judge a place of two plots with a parcel under each; give its folder."""
    site = Site(folder)
    site.head["workflow"] = "cn-2006"
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), project_id="J"),
                         site.plot("B", box(200, 0, 300, 9), project_id="K")])
    site.layer("parcels", [(box(0, 0, 60, 100), {"parcel_id": "P"}),
                           (box(200, 0, 300, 100), {"parcel_id": "Q"})])
    return stores.judged(site.folder)


@contextmanager
def opened(place, owner, at, state, *, origin=f"https://{HOST}", proxies=("127.0.0.1",)):
    """Serve a shared store."""
    home = shared.home_of(place, at)
    home = shared.replace(home, state=state)
    state.mkdir(exist_ok=True)
    listener, tries, lines = start.listening(None), Tries(), []
    port = listener.getsockname()[1]
    made = shared.application(
        home, at, Front(origin, frozenset(proxies)), worker=desks.SHARED, tries=tries,
        say=lines.append,
    )
    with desks.serving(made, listener, place, proxy_headers=False):
        yield Desk(owner, at, port, tries, state, lines)


@contextmanager
def with_tls(folder, port_of):
    """Speak TLS before a desk, as its proxy does.

    ``port_of``: Asked for the port of the desk at each connection.
    Yields: The port on which it listens.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*_certificate(folder))
    loop, ready = asyncio.new_event_loop(), threading.Event()
    found = {}

    async def hand_on(reader, writer):
        there, back = await asyncio.open_connection("127.0.0.1", port_of())

        async def pump(source, sink):
            try:
                while data := await source.read(65536):
                    sink.write(data)
                    await sink.drain()
            except OSError:
                pass
            finally:
                sink.close()

        await asyncio.gather(pump(reader, back), pump(there, writer))

    async def serve():
        server = await asyncio.start_server(hand_on, "127.0.0.1", 0, ssl=context)
        found["port"] = server.sockets[0].getsockname()[1]
        found["ends"] = asyncio.Event()
        ready.set()
        await found["ends"].wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    ready.wait()
    try:
        yield found["port"]
    finally:
        loop.call_soon_threadsafe(found["ends"].set)
        thread.join()
        loop.close()


def _certificate(folder):
    """Make a certificate for this computer."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ))
    return folder / "cert.pem", folder / "key.pem"
