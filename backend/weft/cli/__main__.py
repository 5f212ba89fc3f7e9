"""`python -m weft.cli`."""

from weft.cli import app

app()
