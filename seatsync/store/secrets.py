"""Encrypt what must not be read from the database alone."""

import base64
import binascii
import hashlib
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from seatsync.errors import DatabaseError, SettingsError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

SETTING = "SEATSYNC_SECRET_KEY"


class Vault:
    """Seals and opens texts with the key of the settings, or with one kept in a file beside the database.

    ``key_file`` is None where there is no such place; a ``lasting`` database outlives the process.
    """

    def __init__(self, secret_key: str | None, key_file: Path | None, *, lasting: bool) -> None:
        self._secret_key = secret_key or None
        self._key_file = key_file
        self._lasting = lasting

    def seal(self, plain: str) -> str:
        """Encrypt; call it inside a writing transaction, whose lock lets one process make the key."""
        if self._secret_key is None and self._key_file is not None and not self._key_file.exists():
            _make_key_file(self._key_file)
        return self._fernet.encrypt(plain.encode()).decode()

    def open(self, sealed: str, whose: str) -> str:
        """Decrypt. Raises SettingsError when the key is not the one that ``whose`` text was sealed with."""
        from cryptography.fernet import InvalidToken

        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            here = f"the key in {self._key_file}" if self._secret_key is None else "the key"
            raise SettingsError(
                {
                    SETTING: f"{here} is not the one with which {whose} was saved; "
                    "bring that key back, or save the connection again"
                }
            ) from None

    @cached_property
    def _fernet(self) -> "Fernet":
        from cryptography.fernet import Fernet

        if self._secret_key is not None:
            return Fernet(_as_fernet_key(self._secret_key))
        if self._key_file is not None:
            try:
                return Fernet(_read_key_file(self._key_file))
            except ValueError:
                raise SettingsError(
                    {SETTING: f"the key in {self._key_file} is damaged; bring the right file back"}
                ) from None
        if self._lasting:
            raise SettingsError(
                {SETTING: "is needed to keep ConnectWise keys in PostgreSQL; set it to a long random text"}
            )
        return Fernet(Fernet.generate_key())


def _as_fernet_key(secret: str) -> bytes:
    try:
        if len(base64.urlsafe_b64decode(secret.encode())) == 32:
            return secret.encode()
    except (binascii.Error, ValueError):
        pass
    # Any other text is stretched; the salt is fixed because every process must come to the same key.
    stretched = hashlib.scrypt(secret.encode(), salt=b"seatsync", n=2**14, r=8, p=1, dklen=32)
    return base64.urlsafe_b64encode(stretched)


def _read_key_file(path: Path) -> bytes:
    try:
        return path.read_bytes().strip()
    except OSError as error:
        raise SettingsError(
            {SETTING: f"the key file {path} can't be read ({error.strerror}); bring it back, or set the key"}
        ) from error


def _make_key_file(path: Path) -> None:
    from cryptography.fernet import Fernet

    draft = path.with_name(f"{path.name}.new")
    try:
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        # Renamed when whole: a process that dies in between leaves no half a key.
        draft.rename(path)
    except OSError as error:
        raise DatabaseError(
            f"The key file {path} can't be made: {error.strerror}. "
            f"Check that the folder may be written, or set {SETTING}."
        ) from error
