"""Workflows in the database."""
