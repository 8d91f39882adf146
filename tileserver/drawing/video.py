"""Videos: pictures one after another as MP4 (H.264), by PyAV, which the extra `video` installs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction
from importlib.util import find_spec
from typing import Final

import numpy as np
from PIL import Image as Picture
from PIL import ImageOps

from tileserver.http.errors import NotInstalled

__all__ = ["check_video", "encode_mp4"]

OPTIONS: Final = {"crf": "20", "preset": "veryfast"}  # as good as 80 of 100 in WebP


def check_video() -> None:
    """Raise `NotInstalled` if videos cannot be made here."""
    if find_spec("av") is None:
        raise NotInstalled("MP4 needs PyAV on the server: pip install 'graftile[video]'; .webp and .gif need nothing")


def encode_mp4(frames: Sequence[Picture.Image], ms: int) -> bytes:
    """Return the video of frames of one size, each shown for so many milliseconds.

    Sides are even, as H.264 has them: another one gets a column or row of white at its end.
    """
    check_video()
    import av

    first = _even(frames[0])
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=Fraction(1000, ms), options=OPTIONS)
        stream.width, stream.height, stream.pix_fmt, stream.thread_count = *first.size, "yuv420p", 1
        for frame in (first, *map(_even, frames[1:])):
            file.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(frame), format="rgb24")))
        file.mux(stream.encode())
    return buffer.getvalue()


def _even(frame: Picture.Image) -> Picture.Image:
    return ImageOps.expand(frame, (0, 0, frame.width % 2, frame.height % 2), "white")
