"""Prints the API's OpenAPI document, the same bytes for the same code: `npm run api` keeps them in openapi.json."""

import json
import sys
import tempfile
from pathlib import Path

from weft.gateways.openapi import document
from weft.main import create
from weft.platform.settings import Settings


def main() -> None:
    """Build the application on an empty directory, and print what it says of itself."""
    with tempfile.TemporaryDirectory() as directory:
        found = document(create(Settings(data_dir=Path(directory))))
    json.dump(found, sys.stdout, indent=2, ensure_ascii=False, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
