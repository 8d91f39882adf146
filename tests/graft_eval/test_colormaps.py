"""Colormaps are Matplotlib's, to the last bit."""

from __future__ import annotations

import matplotlib
import numpy as np
import pytest

from graft_eval.colormaps import colour_bytes, colour_table
from graft_eval.errors import EvaluationError


@pytest.mark.parametrize("name", sorted(matplotlib.colormaps))
def test_colours_are_those_of_matplotlib(name: str) -> None:
    colormap, levels = matplotlib.colormaps[name], np.linspace(0.0, 1.0, 256)
    np.testing.assert_array_equal(colour_table(name), colormap(levels)[:, :3])
    np.testing.assert_array_equal(colour_bytes(name), colormap(levels, bytes=True)[:, :3])


def test_an_unknown_colormap_is_refused() -> None:
    with pytest.raises(EvaluationError, match="'magic' is not a colormap"):
        colour_table("magic")
