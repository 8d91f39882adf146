"""STAC: documents, and what Items and Collections tell."""
