"""Evaluation: values of grafts, and of what lies around their grids."""
