"""Formats: what kinds of rasters are read, and what each may lead GDAL to."""
