"""Endpoints: read, call, answer."""
