"""Evaluates a graft on a grid; knows no HTTP and no database."""
