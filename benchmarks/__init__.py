"""Benchmarks of tiles against TiTiler, on a stack of scenes made on the spot: `python -m benchmarks --help`."""
