"""Rasters: bands of scenes on a grid, from the blocks of their files."""
