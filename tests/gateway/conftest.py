"""Fixtures of the HTTP edge."""

from tests.gateway.fixtures import any_house, house

__all__ = ["any_house", "house"]
