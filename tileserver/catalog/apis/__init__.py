"""STAC APIs: products that are searched for when a computation needs them, and kept."""
