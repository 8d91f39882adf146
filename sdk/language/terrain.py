"""Terrain: what is seen of heights."""

from __future__ import annotations

from functools import partial
from typing import Self

from sdk.language.imagery import Imagery
from sdk.language.operation import operation
from sdk.language.primitives import FloatLike
from sdk.language.strings import StrLike

__all__ = ["Terrain"]

_terrain = partial(operation, subject="imagery", owner="Imagery", addition=True)


class Terrain(Imagery, abstract=True):
    """Imagery as heights of the ground."""

    @_terrain("wf.hillshade")
    def hillshade(self, azimuth: FloatLike = 315.0, altitude: FloatLike = 45.0, z_factor: FloatLike = 1.0) -> Self:
        """Return the shaded relief of heights: each band from 1, in the shadow, to 255, facing the light.

        The light comes from `azimuth`, in degrees clockwise from the north, and stands `altitude` degrees, 0 to 90,
        above the horizon. Heights are in metres; `z_factor` makes them so, 0.3048 of feet, or exaggerates them.

        Slopes are those of Horn's method, as gdaldem computes them, from the eight pixels around; where one of the
        nine is masked, the result is. They are slopes of the ground: pixels of a geographic grid and of Web Mercator
        are as large as they are there, each row at its latitude; those of other grids are as large as their
        coordinates say.

        On grids finer than the heights, load these with the resampler bilinear or cubic: of the default, near, one sees
        the steps between pixels.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").pick_bands("elevation").hillshade(azimuth=300, z_factor=2)
        <Image>
        """

    @_terrain("wf.slope", allowed={"unit": ("degrees", "percent")})
    def slope(self, unit: StrLike = "degrees", z_factor: FloatLike = 1.0) -> Self:
        """Return the slope of heights, in degrees or percent: 45 degrees are 100 percent.

        Heights, `z_factor`, pixels and what is masked are as `hillshade` has them.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").pick_bands("elevation").slope("percent")
        <Image>
        """

    @_terrain("wf.aspect")
    def aspect(self) -> Self:
        """Return where the ground faces, of heights: degrees clockwise from the north, from 0 to less than 360.

        Masked where the ground is level, and as `hillshade` has it.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").pick_bands("elevation").aspect()
        <Image>
        """
