"""A certification authority on this machine: it gives a body its certificate, says over HTTP which were taken back (a
CRL), and stamps times (RFC 3161, by pyHanko's responder). Told what to do wrong, it does that instead."""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import keys, pem, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

DAY = dt.timedelta(days=1)
_USES = ("digital_signature", "content_commitment", "key_cert_sign", "crl_sign")
_NEVER = ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only")


class TrustService(ThreadingHTTPServer):
    """`fault`: "" answers as asked; "broken" answers 500; "refuses" says that the request was not granted; "page" sends
    a web page, as a wrong address does. `asked`: the paths that were asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.fault = ""
        self.asked: list[str] = []
        self.revoked: list[int] = []
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.root = self._certificate("Gốc chứng thực thử", self.key, is_authority=True)
        stamper_key = rsa.generate_private_key(65537, 2048)  # the responder knows no other
        self.stamps_by = self._certificate(
            "Dịch vụ dấu thời gian thử", stamper_key, extended=ExtendedKeyUsageOID.TIME_STAMPING, days=3000
        )
        known = [asn1_of(self.root)]
        self.stamper = DummyTimeStamper(asn1_of(self.stamps_by), _asn1_key(stamper_key), certs_to_embed=known)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def give_certificate(self, folder: Path, code: str, password: str) -> x509.Certificate:
        """A body's PKCS#12 file, and the root beside those that are trusted."""
        key = ec.generate_private_key(ec.SECP256R1())
        given = self._certificate("Sở Văn hóa, Thể thao và Du lịch tỉnh Thái Nguyên", key)
        locked = serialization.BestAvailableEncryption(password.encode())
        file = pkcs12.serialize_key_and_certificates(code.encode(), key, given, [self.root], locked)
        (folder / f"{code}.p12").write_bytes(file)
        return given

    def trust_me(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "goc.pem").write_bytes(self.root.public_bytes(serialization.Encoding.PEM))

    def revocations(self) -> bytes:
        now = dt.datetime.now(dt.UTC)
        listed = x509.CertificateRevocationListBuilder().issuer_name(self.root.subject)
        listed = listed.last_update(now - DAY).next_update(now + DAY)
        for serial in self.revoked:
            builder = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now - DAY)
            listed = listed.add_revoked_certificate(builder.build())
        number = x509.CRLNumber(1)
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        signed = listed.add_extension(number, critical=False).add_extension(authority, critical=False)
        return signed.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def stamp(self, query: bytes) -> bytes:
        if self.fault == "refuses":
            status = tsp.PKIStatusInfo({"status": "rejection", "status_string": ["Hết hạn mức"]})
            return tsp.TimeStampResp({"status": status}).dump()
        return self.stamper.request_tsa_response(tsp.TimeStampReq.load(query)).dump()

    def _certificate(
        self,
        name: str,
        key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
        *,
        is_authority: bool = False,
        extended: x509.ObjectIdentifier | None = None,
        days: int = 30,
    ) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = dt.datetime.now(dt.UTC)
        uses = _USES[2:] if is_authority else _USES[:2]
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if is_authority else self.root.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 30 * DAY)
            .not_valid_after(now + (3650 if is_authority else days) * DAY)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(**{each: each in uses for each in _USES}, **dict.fromkeys(_NEVER, False)), critical=True
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if not is_authority:
            place = x509.DistributionPoint([x509.UniformResourceIdentifier(f"{self.url}/goc.crl")], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([place]), critical=False)
        if extended is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage([extended]), critical=True)
        return builder.sign(self.key, hashes.SHA256())


class _Handler(BaseHTTPRequestHandler):
    server: TrustService

    def do_GET(self) -> None:
        self._answer("application/pkix-crl", self.server.revocations)

    def do_POST(self) -> None:
        query = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer("application/timestamp-reply", lambda: self.server.stamp(query))

    def _answer(self, media_type, make) -> None:  # type: ignore[no-untyped-def]
        self.server.asked.append(self.path)
        fault = self.server.fault
        said = b"<html>" if fault in {"broken", "page"} else make()
        self.send_response(500 if fault == "broken" else 200)
        self.send_header("Content-Type", "text/html" if fault in {"broken", "page"} else media_type)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def trust_service() -> Iterator[TrustService]:
    service = TrustService()
    thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield service
    finally:
        service.shutdown()
        thread.join()
        service.server_close()


def asn1_of(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _asn1_key(key: rsa.RSAPrivateKey) -> keys.PrivateKeyInfo:
    written = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return keys.PrivateKeyInfo.load(pem.unarmor(written)[2])
