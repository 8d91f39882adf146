"""An nginx in front of a server, over TLS: HTTP/1.1 on one port, HTTP/2 on another."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.processes import Command, free_port, running

__all__ = ["PROTOCOLS", "running_proxy"]

PROTOCOLS = {"HTTP/1.1": "http/1.1", "HTTP/2": "h2"}  # and what browsers call them
CONFIG = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
events {{}}
http {{
  access_log off;
  types {{ text/html html; text/css css; text/javascript js; }}
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  ssl_certificate {folder}/certificate.pem;
  ssl_certificate_key {folder}/key.pem;
  upstream tiles {{ least_conn; {servers} keepalive 64; }}
  server {{
    listen 127.0.0.1:{port};
    listen 127.0.0.1:{first} ssl;
    listen 127.0.0.1:{second} ssl http2;
    location /page/ {{ alias {page}/; }}
    location / {{
      proxy_pass http://tiles;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_buffering off;
    }}
  }}
}}
"""
CERTIFICATE = (
    "openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=127.0.0.1 -keyout key.pem -out certificate.pem"
)


@contextmanager
def running_proxy(folder: Path, page: Path, servers: Sequence[Command]) -> Iterator[dict[str, str]]:
    """Serve the files of `page` below /page/, and a server's processes, the least busy first; yield URLs by protocol.

    The certificate is signed by itself. Raises RuntimeError if nginx is not installed.
    """
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise RuntimeError("nginx is not installed: apt-get install nginx-light")
    folder.mkdir(exist_ok=True)
    if not (folder / "certificate.pem").is_file():
        subprocess.run(CERTIFICATE.split(), cwd=folder, check=True, capture_output=True)
    port, *ports = (free_port() for _ in range(3))
    upstream = " ".join(f"server 127.0.0.1:{server.port};" for server in servers)
    config, log = folder / "nginx.conf", folder / "error.log"
    config.write_text(
        CONFIG.format(folder=folder, page=page, servers=upstream, port=port, first=ports[0], second=ports[1])
    )
    arguments = [program, "-p", str(folder), "-e", str(log), "-c", str(config)]
    with running([Command(arguments, {}, port, log)], "/page/index.html"):
        yield {protocol: f"https://127.0.0.1:{port}" for protocol, port in zip(PROTOCOLS, ports, strict=True)}
