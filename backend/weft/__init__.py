"""Weft: draw, run and watch AI workflows."""

__version__ = "0.1.0"
