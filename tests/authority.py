"""Certificates and keys for tests: an authority, a bureau below it, and who signs."""

import datetime as dt
import http.server
import threading
from contextlib import contextmanager
from dataclasses import dataclass

from asn1crypto import keys, tsp, x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

NOW = dt.datetime.now(dt.UTC)
PASSWORD = "open it"  # noqa: S105  of keys that are made here
USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
    "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)


@dataclass
class Holder:
    """A certificate, its key, and who vouches for it."""

    certificate: x509.Certificate
    key: object
    above: "Holder | None" = None

    @property
    def chain(self):
        return [] if self.above is None else [self.above, *self.above.chain]

    @property
    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def p12(self, password=PASSWORD):
        """Give the key as a PKCS#12 file, with the chain above it."""
        return pkcs12.serialize_key_and_certificates(
            b"key", self.key, self.certificate, [each.certificate for each in self.chain],
            serialization.BestAvailableEncryption(password.encode()),
        )

    def revoked(self, *others):
        """Give the list of what was revoked of those below, as DER."""
        made = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        made = made.last_update(NOW - dt.timedelta(days=1))
        made = made.next_update(NOW + dt.timedelta(days=30))
        for each in others:
            made = made.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(each.certificate.serial_number)
                .revocation_date(NOW - dt.timedelta(hours=12)).build()
            )
        return made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def holder(name, above=None, *, days=(-10, 365), usages=("content_commitment",), authority=False,
           curve=False, stamps=False, crl=""):
    """Make a certificate: whose, by whom, from and to which day from today, and what for."""
    key = (
        ec.generate_private_key(ec.SECP256R1()) if curve
        else rsa.generate_private_key(65537, 2048)
    )
    called = x509.Name([
        x509.NameAttribute(NameOID.COMMON_NAME, name),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "测绘院"),
    ])
    made = x509.CertificateBuilder().subject_name(called).public_key(key.public_key())
    made = made.issuer_name(above.certificate.subject if above else called)
    made = made.serial_number(x509.random_serial_number())
    made = made.not_valid_before(NOW + dt.timedelta(days=days[0]))
    made = made.not_valid_after(NOW + dt.timedelta(days=days[1]))
    made = made.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    good = ("key_cert_sign", "crl_sign") if authority else usages
    made = made.add_extension(
        x509.KeyUsage(**{each: each in good for each in USAGES}), critical=True
    )
    made = made.add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
    )
    if stamps:
        made = made.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
        )
    if above:
        made = made.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(above.key.public_key()),
            critical=False,
        )
    if crl:
        made = made.add_extension(x509.CRLDistributionPoints([x509.DistributionPoint(
            [x509.UniformResourceIdentifier(crl)], None, None, None
        )]), critical=False)
    return Holder(made.sign((above.key if above else key), hashes.SHA256()), key, above)


@contextmanager
def served(pages=None, stamps_of=None, at=None):
    """Serve lists of revoked certificates by path, and time stamps, on this machine."""
    pages = {} if pages is None else pages

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.answer(pages[self.path], "application/pkix-crl")

        def do_POST(self):
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            stamper = DummyTimeStamper(
                asn1.Certificate.load(stamps_of.certificate.public_bytes(
                    serialization.Encoding.DER)),
                keys.PrivateKeyInfo.load(stamps_of.key.private_bytes(
                    serialization.Encoding.DER, serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption())),
                fixed_dt=at,
            )
            self.answer(stamper.request_tsa_response(asked).dump(), "application/timestamp-reply")

        def answer(self, data, kind):
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
