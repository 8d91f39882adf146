"""The language: proxy types, their operations, and the functions of the module."""
