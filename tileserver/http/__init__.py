"""Middleware, errors, and reading of requests, common to all routes."""
