"""What tiles cost, beside TiTiler, on a stack of scenes made on the spot: `python -m benchmarks --help`."""
