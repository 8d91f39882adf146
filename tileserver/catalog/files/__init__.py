"""Rasters given as plain files."""
