"""Whether Amazon SNS signed a message: checked against a certificate that somebody gave, never fetched."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from roadbed.ground.errors import Invalid, Place
from roadbed.ground.ports.events import Unreadable
from roadbed.ground.ports.payloads import text
from roadbed.reliability.paging.rules.alerts.cloudwatch import signed_text

LONGEST: Final = 20_000
# Version 1 of the signature is SHA-1 whatever anybody thinks of it; version 2 is for who can choose.
_HASHES: Final[Mapping[str, Any]] = {"1": hashes.SHA1, "2": hashes.SHA256}


def checked(certificate: str) -> RSAPublicKey:
    """The key of a certificate in PEM.

    Raises:
        Invalid: for anything else.
    """
    try:
        if len(certificate) > LONGEST:
            raise ValueError(len(certificate))  # noqa: TRY301 - told as every other fault of it
        key = x509.load_pem_x509_certificate(certificate.strip().encode()).public_key()
    except ValueError:
        key = None
    if not isinstance(key, RSAPublicKey):
        raise Invalid(
            "This is no certificate of Amazon SNS.",
            remedy="Give the file behind SigningCertURL: PEM, -----BEGIN CERTIFICATE----- first, with an RSA key.",
            place=Place(field="certificate"),
        )
    return key


def prove(envelope: Mapping[str, Any], certificate: str) -> None:
    """Refuse a message that the certificate's owner did not sign.

    Raises:
        Unreadable: saying so; the message stays in the inbox.
    """
    made = _HASHES.get(text(envelope, "SignatureVersion"))
    if made is None:
        raise Unreadable("SignatureVersion is neither 1 nor 2, so nothing proves who sent it.")
    try:
        signature = base64.b64decode(text(envelope, "Signature", most=4000), validate=True)
        checked(certificate).verify(signature, signed_text(envelope), padding.PKCS1v15(), made())
    except (InvalidSignature, binascii.Error):
        raise Unreadable("Its signature does not fit the certificate that this integration was given.") from None
