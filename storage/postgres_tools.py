"""PostgreSQL's own tools for dumps, where they are installed. No password stands on a command line."""

from __future__ import annotations

import os
import shutil
import subprocess  # runs PostgreSQL's own programs, with arguments of ours  # nosec B404
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from sqlalchemy import make_url

from bot.domain.errors import StorageError

#: What the table with the schema's version is called until a restored database is complete.
HIDDEN = "version_while_restoring"
_DUMP, _RESTORE, _SHELL = "pg_dump", "pg_restore", "psql"
_CHUNK = 1 << 20
#: What begins and ends the one transaction that a restore is; whoever comes to a sudden end never sends the second.
_BEGIN = b"BEGIN;\n"
_END = f"\nALTER TABLE public.alembic_version RENAME TO {HIDDEN};\nCOMMIT;\n".encode()


def dump(url: str, target: Path) -> bool:
    """Write a dump in the custom format; False where `pg_dump` is not installed. Raises `StorageError`."""
    tool = shutil.which(_DUMP)
    if tool is None:
        return False
    command = [tool, "--format=custom", "--no-owner", "--no-privileges", "--no-password"]
    with target.open("wb") as file:
        done = subprocess.run(  # noqa: S603 - it is PostgreSQL's own  # nosec B603
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.PIPE, env=_environment(url), check=False
        )
    if done.returncode:
        raise StorageError(f"pg_dump could not copy the database: {_reason(done.stderr)}")
    return True


def load(url: str, source: Path) -> None:
    """Restore a dump into an empty database, in one transaction that leaves it hidden. Raises `StorageError`."""
    reader, shell = shutil.which(_RESTORE), shutil.which(_SHELL)
    if reader is None or shell is None:
        raise StorageError("Restoring needs pg_restore and psql: install the client programs of PostgreSQL.")
    with (
        subprocess.Popen(  # noqa: S603 - it is PostgreSQL's own  # nosec B603
            [reader, "--no-owner", "--no-privileges", "--file=-", str(source)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as dumped,
        subprocess.Popen(  # noqa: S603 - it is PostgreSQL's own  # nosec B603
            [shell, "--quiet", "--no-psqlrc", "--no-password", "--set=ON_ERROR_STOP=1", "--output=/dev/null"],
            stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment(url),
        ) as loading,
    ):  # fmt: skip
        _pass_on(dumped, loading)


def _pass_on(dumped: subprocess.Popen[bytes], loading: subprocess.Popen[bytes]) -> None:
    statements, into = _pipe(dumped.stdout), _pipe(loading.stdin)
    try:
        into.write(_BEGIN)
        shutil.copyfileobj(statements, into, _CHUNK)
        if dumped.wait() == 0:
            into.write(_END)
        into.flush()
    except BrokenPipeError:
        dumped.kill()
    with suppress(BrokenPipeError):
        into.close()
    said = _pipe(loading.stderr).read() or _pipe(dumped.stderr).read()
    if loading.wait() or dumped.wait():
        raise StorageError(f"The dump could not be restored: {_reason(said)}")


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise StorageError("A program of PostgreSQL could not be started.")
    return stream


def _reason(said: bytes) -> str:
    lines = [line for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    return " ".join(lines[:3]) or "it gave no reason."


def _environment(url: str) -> Mapping[str, str]:
    """The way to the server as its tools read it from their environment, by libpq's own list of names."""
    from psycopg import pq

    parts = make_url(url)
    asked = parts.query | parts.translate_connect_args(username="user", database="dbname")
    names = {option.keyword.decode(): option.envvar.decode() for option in pq.Conninfo.get_defaults() if option.envvar}
    told = {key: ",".join(value) if isinstance(value, tuple) else str(value) for key, value in asked.items()}
    return {**os.environ, **{names[key]: value for key, value in told.items() if key in names}}
