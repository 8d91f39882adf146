"""Random textures that are the same on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["fractal", "smoothstep"]


def fractal(seed: tuple[int, ...], shape: tuple[int, int], longest: float, slope: float = 1.7) -> NDArray[np.float32]:
    """Return noise (rows, cols) of mean 0 and deviation 1, with features from `longest` pixels down to one.

    Its amplitudes fall with frequency to the power `slope`: 1 is rough, 2 is smooth. It wraps around its edges.

    >>> fractal((7,), (64, 128), 32).shape
    (64, 128)
    """
    rng = np.random.default_rng(seed)
    white = rng.standard_normal(shape, dtype=np.float32)
    frequency = np.hypot(np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None, :])
    amplitude = np.maximum(frequency, 1 / longest) ** -slope
    amplitude[frequency < 0.5 / longest] = 0
    noise = np.fft.irfft2(np.fft.rfft2(white) * amplitude.astype(np.float32), s=shape).astype(np.float32)
    return np.asarray(noise / noise.std(), dtype=np.float32)


def smoothstep(low: float, high: float, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return 0 below `low`, 1 above `high`, and a smooth rise between."""
    t = np.clip((x - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)
