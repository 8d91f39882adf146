"""The host: stores grafts, serves their tiles, streams their logs."""
