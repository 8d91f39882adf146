"""Grafts: the nodes of a computation, their JSON, and the table of operations."""
