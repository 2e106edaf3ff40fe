# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: the files of the TLS options, checked before anything is sent."""

from __future__ import annotations

import os
import re
import ssl
from typing import NoReturn

from .._base.errors import BasedashError, InputError, sentence
from .._base.text import quoted
from .sockets import NO_FILE_LEFT, has_no_file_left

# The names that OpenSSL looks for in a directory, as `openssl rehash` makes them.
_HASHED_NAME = re.compile(r"[0-9a-f]{8}\.\d+")

# How many bytes of a file are read. A bundle of all authorities has about 250,000, with comments at its beginning.
_READ = 1024 * 1024


class EncryptedKeyError(ssl.SSLError):
    """A private key needs a passphrase, and nobody can be asked for one."""


def no_passphrase() -> NoReturn:
    """Refuse to give a passphrase.

    Without this function, OpenSSL asks at the terminal, and the task waits for ever.
    """
    raise EncryptedKeyError("the private key is encrypted")


def check_client_certificate(certificate: str, key: str | None) -> None:
    """Refuse files that are not a client certificate and its private key.

    Raises:
        InputError: saying which option is wrong, and why.
    """
    owner, path = ("client_cert", certificate) if key is None else ("client_key", key)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate, key, no_passphrase)
    except EncryptedKeyError:
        raise InputError(
            "The private key in %s is encrypted, and nobody can be asked for its passphrase: give a key without one, "
            "such as 'openssl pkey' writes." % owner
        ) from None
    except OSError as error:
        if has_no_file_left(error):
            raise BasedashError(sentence(*NO_FILE_LEFT)) from error
        if isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH":
            where = "options client_cert and client_key" if key else "option client_cert"
            raise InputError(
                "The certificate and the private key in the %s don't belong together: give the key that the "
                "certificate was made for." % where
            ) from None
        if not _holds(certificate, b"CERTIFICATE-----"):
            raise InputError(
                "The option client_cert names %s, which holds no certificate: give a PEM file that begins with "
                "'-----BEGIN CERTIFICATE-----'." % quoted(certificate)
            ) from None
        if not _holds(path, b"PRIVATE KEY-----"):
            raise InputError(
                "The option %s names %s, which holds no private key: give client_key, or a PEM file that has it."
                % (owner, quoted(path))
            ) from None
        raise InputError(
            "The options client_cert and client_key can't be used (%s): give PEM files with a certificate and its "
            "private key." % reason_of(error)
        ) from None


def check_authorities(path: str, origin: str) -> None:
    """Refuse a file or a directory without a certificate of an authority; ``origin`` is the option that named it.

    Raises:
        InputError: if it has no certificate.
    """
    if os.path.isdir(path):
        if not any(_HASHED_NAME.fullmatch(name) for name in os.listdir(path)):
            raise InputError(
                "%s names the directory %s, where no certificate has the name that OpenSSL looks for: run 'openssl "
                "rehash' on it, or give a file." % (origin, quoted(path))
            )
        return
    # Do not load the bundle here, because this takes 60 ms and the connection loads it anyway.
    if not _holds(path, b"CERTIFICATE-----"):
        raise InputError(
            "%s names %s, which holds no certificate: give a PEM file that begins with '-----BEGIN CERTIFICATE-----'."
            % (origin, quoted(path))
        )


def reason_of(error: OSError) -> str:
    """Return why a file or a TLS connection can't be used, without line numbers of Python's own source."""
    reason = getattr(error, "reason", None)
    words = str(reason).replace("_", " ").lower() if reason else error.strerror or str(error)
    return re.sub(r"\s*\(_ssl\.c:\d+\)", "", words)


def _holds(path: str, mark: bytes) -> bool:
    try:
        with open(path, "rb") as file:
            return mark in file.read(_READ)
    except OSError as error:
        if has_no_file_left(error):
            raise BasedashError(sentence(*NO_FILE_LEFT)) from error
        return False
