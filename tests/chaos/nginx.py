# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""nginx in front: TLS with an authority of our own, and a limit on requests that answers 429 with nginx's own page."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import trustme
from core import Core
from result import Result
from stage import ChaosError, Host, Server, Site, playbook, running, say, server, wait
from verdicts import Wanted, judge

# Not every user has the folder of a system's servers on the path.
_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))

CONFIGURATION = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  limit_req_zone $binary_remote_addr zone=api:1m rate=15r/s;
  limit_req_status 429;
  server {{
    listen 127.0.0.1:{port} ssl;
    server_name localhost;
    ssl_certificate {folder}/server.pem;
    ssl_certificate_key {folder}/server.key;
    location / {{
      limit_req zone=api burst=5 nodelay;
      proxy_pass {upstream};
      proxy_http_version 1.1;
      proxy_read_timeout 2s;
    }}
  }}
}}
"""

# What the server behind it does becomes a page of nginx: 502 for a cut connection, 504 for silence.
FAULTS = [
    {"kind": "reset_before", "probability": 0.05},
    {"kind": "reset_after", "probability": 0.05},
    {"kind": "truncated", "probability": 0.05},
    {"kind": "hang", "probability": 0.02},
]


def run(site: Site) -> Result:
    """Delete through nginx with the core and with a playbook, if nginx is installed."""
    result = Result("nginx")
    program = shutil.which("nginx", path=_PATH)
    if program is None:
        result.skipped = "nginx is not installed (Debian: apt install nginx-light)"
        return result
    folder = site.folder / "nginx"
    folder.mkdir()
    authority = folder / "authority.pem"
    with server(site, "nginx-upstream") as simulated, _nginx(site, program, folder, simulated) as url:
        names = ("tls0", "tls1")
        of_host = {
            name: [Wanted(f"{name}-{n}", {"id": f"{name}_{n}"}, f"{name}_{n}") for n in range(4 if site.short else 10)]
            for name in names
        }
        of_core = [Wanted(f"core-{n}", {"id": f"core_{n}"}, f"core_{n}") for n in range(12 if site.short else 80)]
        stranger = Wanted("stranger", {"id": "stranger"}, "stranger", refused=True)
        wanted = [*of_core, stranger, *(wish for one in of_host.values() for wish in one)]
        simulated.hold([{"id": wish.source, "displayName": wish.ticket} for wish in wanted])
        simulated.control("POST", "random", {"seed": site.random("nginx").randrange(2**31)})

        # Without the authority nothing may pass.
        reports = [Core(site, url, retry_timeout=0).delete(stranger)]
        if simulated.control("GET", "requests") or not reports[0].failed:
            result.fail("a certificate of an unknown authority was trusted")
        simulated.control("POST", "faults", FAULTS)
        core = Core(site, url, ca_path=str(authority))
        told = time.monotonic()
        for number, wish in enumerate(of_core):
            reports.append(core.delete(wish))
            if time.monotonic() - told > 10:
                say("nginx", f"{number + 1} of {len(of_core)} deleted by the core in one process")
                told = time.monotonic()
        options = {"api_url": url, "ca_path": str(authority)}
        hosts = [Host(name, simulated, wishes, options) for name, wishes in of_host.items()]
        with playbook(site, "nginx-playbook", hosts) as one:
            wait("nginx", [one], lambda: f"a playbook reported {len(one.reports())}")
            reports += one.reports()
        result.counts += judge(wanted, reports, simulated.knowledge())
    answers = re.findall(r'" (\d{3}) ', folder.joinpath("access.log").read_text(encoding="utf-8"))
    result.figures = {"deletions": len(wanted) - 1, "requests": len(answers), "429": answers.count("429")}
    result.figures.update({status: answers.count(status) for status in ("502", "504")})
    if not answers.count("429"):
        result.fail("nginx limited nothing")
    return result


@contextlib.contextmanager
def _nginx(site: Site, program: str, folder: Path, upstream: Server) -> Iterator[str]:
    """Run nginx for a while; gives its address."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    certificate = authority.issue_cert("localhost")
    certificate.private_key_pem.write_to_path(folder / "server.key")
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(folder / "server.pem", append=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    text = CONFIGURATION.format(folder=folder, port=port, upstream=upstream.url)
    folder.joinpath("nginx.conf").write_text(text, encoding="utf-8")
    command: list[str | Path] = [program, "-p", folder, "-e", folder / "error.log", "-c", folder / "nginx.conf"]
    checked = subprocess.run([*command, "-t"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if checked.returncode:
        raise ChaosError(f"nginx does not take its configuration:\n{checked.stdout}")
    with folder.joinpath("output").open("wb") as output, running(command, output, site.environment) as process:
        deadline = time.monotonic() + 10
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise ChaosError(f"nginx did not start:\n{folder.joinpath('error.log').read_text(encoding='utf-8')}")
            time.sleep(0.05)
        yield f"https://localhost:{port}"


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
