"""Planes whose pixels need other pixels of their inputs than their own; a kind is a file."""
