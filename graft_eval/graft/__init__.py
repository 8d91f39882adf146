"""Grafts: JSON, checked and bounded, to nodes whose names are resolved."""
