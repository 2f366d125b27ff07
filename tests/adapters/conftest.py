"""Other people's programs, as peers of our adapters."""

from __future__ import annotations

import pytest

from tests.adapters.npm import Npm, install


@pytest.fixture(scope="session")
def npm(tmp_path_factory: pytest.TempPathFactory) -> Npm:
    """Other people's programs, fetched once."""
    return install(tmp_path_factory.mktemp("npm"))
