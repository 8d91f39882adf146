"""A server of this machine that speaks S3, and the environment that leads to it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

__all__ = ["running_s3"]

STARTING_SECONDS = 60


@contextmanager
def running_s3(bucket: str) -> Iterator[Any]:
    """Serve a bucket, to which the environment leads meanwhile, and give a client of it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stderr=subprocess.DEVNULL
    )
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        client = boto3.client("s3", endpoint_url=environment["AWS_ENDPOINT_URL"], region_name="us-east-1")
        deadline = time.monotonic() + STARTING_SECONDS
        while True:
            try:
                client.create_bucket(Bucket=bucket)
                break
            except Exception:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield client
    client.close()
    server.terminate()
    server.wait()
