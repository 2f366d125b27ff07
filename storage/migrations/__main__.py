"""Drafts the next migration: ``python -m storage.migrations "Add the roster"``."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config

from bot.protection.keys import KeyText, new_ring
from bot.protection.sealing import Vault
from storage.schema import head, migrate
from storage.sql.engines import writing_engine

with TemporaryDirectory() as folder:
    url = f"sqlite:///{folder}/draft.db"
    migrate(url, Vault(KeyText(new_ring(datetime.min.replace(tzinfo=UTC)).to_text())))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with writing_engine(url).begin() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message=sys.argv[1], autogenerate=True, rev_id=f"{int(head()) + 1:04}")
