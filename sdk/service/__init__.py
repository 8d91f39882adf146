"""Talks to a server: layers, workflows, logs, and results of computations."""
