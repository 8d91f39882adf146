"""Bodies of requests, checked, and records of what they made."""
