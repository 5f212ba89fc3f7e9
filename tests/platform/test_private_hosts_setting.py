"""`WEFT_ALLOW_PRIVATE_HOSTS`: a wrong entry stops the start with one line."""

import pytest

from weft.platform.settings import BadSetting, load_settings


def test_entries_are_checked_at_the_start() -> None:
    settings = load_settings(allow_private_hosts="10.0.0.5, intern.test:8080,fd00::/8")
    assert settings.allow_private_hosts == ("10.0.0.5", "intern.test:8080", "fd00::/8")
    with pytest.raises(BadSetting, match="WEFT_ALLOW_PRIVATE_HOSTS: 'http://x' is not a host"):
        load_settings(allow_private_hosts="http://x")
