"""What is generated once and kept: passwords and the self-signed certificate."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LIFE: Final = timedelta(days=825)
RENEWED_BEFORE: Final = timedelta(days=30)


def password() -> str:
    """Letters and digits: some are written into configuration files as they are."""
    return secrets.token_hex(24)


def encoded(values: Mapping[str, str]) -> dict[str, str]:
    """`data` of a Secret."""
    return {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}


def decoded(secret: Mapping[str, object] | None, key: str) -> str | None:
    """One value of a Secret, or null where there is none."""
    data = (secret or {}).get("data")
    value = data.get(key) if isinstance(data, dict) else None
    return base64.b64decode(value).decode() if isinstance(value, str) else None


def hash_of(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:16]


def is_lasting(certificate: str, hostname: str, now: datetime) -> bool:
    """Whether a certificate is for this name and need not be renewed yet."""
    try:
        found = x509.load_pem_x509_certificate(certificate.encode())
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    return hostname in names.get_values_for_type(x509.DNSName) and found.not_valid_after_utc - now > RENEWED_BEFORE


def ends_at(certificate: str) -> datetime | None:
    """Until when it is valid; null where it cannot be read."""
    try:
        return x509.load_pem_x509_certificate(certificate.encode()).not_valid_after_utc
    except ValueError:
        return None


def self_signed(hostname: str, now: datetime) -> dict[str, str]:
    """`tls.crt` and `tls.key` for a name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hostname[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(hostname)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return {
        "tls.crt": certificate.public_bytes(serialization.Encoding.PEM).decode(),
        "tls.key": key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
    }
