"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Id, Moment
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None
#: Whether the version before can go on beside this one: new tables, new columns with a server_default, nothing else.
is_addition = False


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
