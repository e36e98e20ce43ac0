"""An encrypted workbook → its bytes without encryption, with one of the passwords at hand."""

from __future__ import annotations

import io
from collections.abc import Sequence

import msoffcrypto
from msoffcrypto.exceptions import InvalidKeyError

from xltool.foreign.grid import EncryptedError

# Excel encrypts a workbook whose only password is against changes with this one, and opens it without asking.
_UNASKED = "VelvetSweatshop"


def decrypted(data: bytes, passwords: Sequence[str]) -> bytes:
    """The workbook inside; `EncryptedError` where no password opens it.

    Runs in the limited child process: a file says itself how often its password is to be hashed. Raises whatever the
    library raises for a damaged file.
    """
    for password in dict.fromkeys((_UNASKED, *passwords)):
        file, found = msoffcrypto.OfficeFile(io.BytesIO(data)), io.BytesIO()
        try:
            # The older format's keys are always verified.
            file.load_key(password=password, **({"verify_password": True} if file.format == "ooxml" else {}))
            file.decrypt(found)
        except InvalidKeyError:
            continue
        return found.getvalue()
    raise EncryptedError
