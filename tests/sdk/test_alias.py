"""The package's own name is another one of the SDK's."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import graftile as wf
import graftile.numpy as wfnp
from graftile.service.client import Client
from graftile import Image, exceptions
import sdk, sdk.numpy, sdk.service.client
assert wf is sdk and wfnp is sdk.numpy and Client is sdk.service.client.Client and exceptions is sdk.exceptions
assert sdk.numpy.__spec__.name == "sdk.numpy", sdk.numpy.__spec__
assert Image is sdk.Image
print(wf.Int(1) + 1)
try:
    import graftile.nothing
except ModuleNotFoundError as error:
    print(error)
"""


def test_both_names_give_the_same_modules() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.stdout == "<Int>\nNo module named 'sdk.nothing'\n", done.stderr
