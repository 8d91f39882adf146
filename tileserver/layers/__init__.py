"""Layers: published computations, and what is known of each."""
