# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of the TLS options: what is wrong with them is said before anything is sent, and nobody is asked."""

from __future__ import annotations

import os
import pty
import re
import select
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from ansible_collections.community.basedash.plugins.module_utils._base.errors import InputError
from ansible_collections.community.basedash.plugins.module_utils._http.connection import Connection
from ansible_collections.community.basedash.plugins.module_utils._http.requests_transport import RequestsTransport
from ansible_collections.community.basedash.plugins.module_utils._http.transport import Request, TransportError
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.fakes import CONNECTION
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.network import OK, says, serving
from ansible_collections.community.basedash.tests.unit.plugins.module_utils.test_network import (
    AUTHORITY,
    server_context,
)

PASSPHRASE = b"a passphrase"


class Files:
    """Files with a client certificate and its key, in every way that they can be given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        leaf, other = AUTHORITY.issue_cert("client@example.com"), AUTHORITY.issue_cert("other@example.com")
        certificate = leaf.cert_chain_pems[0].bytes()
        key = leaf.private_key_pem.bytes()
        self.authority = self.file("authority.pem", AUTHORITY.cert_pem.bytes())
        self.certificate = self.file("certificate.pem", certificate)
        self.key = self.file("key.pem", key)
        self.other_key = self.file("other.pem", other.private_key_pem.bytes())
        self.both = self.file("both.pem", key + certificate)
        self.wrong_both = self.file("wrong.pem", other.private_key_pem.bytes() + certificate)
        encrypted = self._encrypted(key)
        self.encrypted_key = self.file("encrypted.pem", encrypted[0])
        self.encrypted = [self.file("both%d.pem" % n, one + certificate) for n, one in enumerate(encrypted)]
        self.empty = self.file("empty.pem", b"")
        self.nothing = self.file("nothing.pem", b"nothing")
        self.broken = self.file("broken.pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        self.missing = str(folder / "missing.pem")
        self.folder = str(folder)

    def file(self, name: str, content: bytes) -> str:
        path = self._folder / name
        path.write_bytes(content)
        return str(path)

    @staticmethod
    def _encrypted(key: bytes) -> list[bytes]:
        """Return the key encrypted in both forms that there are."""
        private: Any = serialization.load_pem_private_key(key, None)
        lock = serialization.BestAvailableEncryption(PASSPHRASE)
        forms = (serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL)
        return [private.private_bytes(serialization.Encoding.PEM, form, lock) for form in forms]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def transport(**options: Any) -> RequestsTransport:
    return RequestsTransport(Connection.from_options({**CONNECTION, "use_proxy": False, **options}))


def refused(**options: Any) -> str:
    with pytest.raises(InputError) as failure:
        transport(**options)
    assert "_ssl.c" not in failure.value.message
    return failure.value.message


def test_files_that_fit(files: Files) -> None:
    transport(client_cert=files.both).close()
    transport(client_cert=files.certificate, client_key=files.key).close()
    transport(ca_path=files.authority).close()


def test_encrypted_key(files: Files) -> None:
    words = "The private key in %s is encrypted, and nobody can be asked for its passphrase: give a key without one"
    assert refused(client_cert=files.certificate, client_key=files.encrypted_key).startswith(words % "client_key")
    for path in files.encrypted:
        assert refused(client_cert=path).startswith(words % "client_cert")


def test_nobody_is_asked_for_a_passphrase(files: Files) -> None:
    """With a terminal, OpenSSL would ask there, and wait."""
    process, terminal = pty.fork()
    if process == 0:
        try:
            transport(client_cert=files.encrypted[0])
        except InputError:
            os._exit(42)
        finally:
            os._exit(1)
    asked = b""
    while select.select([terminal], [], [], 10)[0]:
        try:
            part = os.read(terminal, 1000)
        except OSError:  # The way of Linux to say that the other end is closed.
            break
        if not part:
            break
        asked += part
        if b"pass phrase" in asked:
            os.write(terminal, b"\n")
    assert asked == b""
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 42


def test_key_that_is_encrypted_meanwhile(files: Files) -> None:
    certificate = AUTHORITY.issue_cert("127.0.0.1")
    with serving(says(OK), server_context(certificate, AUTHORITY)) as server:
        url = "https://127.0.0.1:%d" % server.port
        carrier = transport(api_url=url, ca_path=files.authority, client_cert=files.both)
        assert carrier.send(Request("GET", url + "/x", {}), 20).status == 200
        carrier.close()
        Path(files.both).write_bytes(Path(files.encrypted[0]).read_bytes())
        with pytest.raises(TransportError, match="the private key is encrypted") as failed:
            carrier.send(Request("GET", url + "/x", {}), 20)
    assert not failed.value.transient


@pytest.mark.parametrize(
    ("certificate", "key", "words"),
    [
        ("certificate", "other_key", "in the options client_cert and client_key don't belong together"),
        ("wrong_both", None, "in the option client_cert don't belong together"),
        ("certificate", None, "client_cert names '.*certificate.pem', which holds no private key"),
        ("certificate", "certificate", "client_key names '.*certificate.pem', which holds no private key"),
        ("certificate", "empty", "client_key names '.*empty.pem', which holds no private key"),
        ("key", None, "client_cert names '.*key.pem', which holds no certificate"),
        ("key", "certificate", "client_cert names '.*key.pem', which holds no certificate"),
        ("empty", None, "client_cert names '.*empty.pem', which holds no certificate"),
        ("nothing", "key", "client_cert names '.*nothing.pem', which holds no certificate"),
        ("broken", "key", "client_cert and client_key can't be used"),
        ("missing", "key", "client_cert names no file that can be read here .*missing.pem"),
        ("folder", "key", "client_cert names no file that can be read here"),
        ("certificate", "folder", "client_key names no file that can be read here"),
    ],
)
def test_client_certificate_that_is_none(files: Files, certificate: str, key: str | None, words: str) -> None:
    options = {"client_cert": getattr(files, certificate)}
    if key is not None:
        options["client_key"] = getattr(files, key)
    message = refused(**options)
    assert re.search(words, message), message


@pytest.mark.parametrize("name", ["empty", "nothing", "key"])
def test_file_without_authorities(files: Files, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = getattr(files, name)
    words = " names '%s', which holds no certificate:" % path
    assert refused(ca_path=path).startswith("The option ca_path" + words)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", path)
    assert refused().startswith("The environment variable REQUESTS_CA_BUNDLE" + words)
    # Nobody looks at it.
    transport(ca_path=path, validate_certs=False).close()


def test_authorities_that_turn_out_to_be_broken(files: Files) -> None:
    with serving(says(OK), server_context(AUTHORITY.issue_cert("127.0.0.1"))) as server:
        url = "https://127.0.0.1:%d" % server.port
        with pytest.raises(TransportError, match="no TLS connection could be made") as failed:
            transport(api_url=url, ca_path=files.broken).send(Request("GET", url + "/x", {}), 20)
    assert not failed.value.transient
    assert "ca_path" in failed.value.advice
    assert ".c:" not in str(failed.value)
    assert server.requests == []


def test_directory_without_names_that_are_looked_for(files: Files) -> None:
    assert "openssl rehash" in refused(ca_path=files.folder)
