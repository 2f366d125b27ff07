"""Reads a form that carries one file: as it streams in, never more than allowed, in memory only, nothing unpacked."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from bot.domain.attachments import LIMIT

_FORM = 1 << 16  #: bytes of all that is not the file
_FIELDS = 10


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form."""

    name: str  #: as the sender calls it, not trusted
    content: bytes


class _InMemory(MultiPartParser):
    """What is uploaded is nobody's but the reader's: it is never put on a disk as it is."""

    spool_max_size = LIMIT + _FORM

    def close(self) -> None:
        """Let go of what was read, also of a part that never ended."""
        for file in self._files_to_close_on_error:
            file.close()


async def read_upload(request: Request) -> tuple[Mapping[str, str], Upload | None]:
    """Read the fields and the file of a form. Raises HTTPException 400 or 413 for anything but such a form."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(400)
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > LIMIT + _FORM:
        raise HTTPException(413)
    parser = _InMemory(request.headers, _limited(request), max_files=1, max_fields=_FIELDS, max_part_size=_FORM)
    try:
        form = await parser.parse()
        fields = {name: _text(value) for name, value in form.items() if isinstance(value, str)}
        return fields, await _file(form.get("file"))
    except MultiPartException as error:
        raise HTTPException(400) from error
    finally:
        parser.close()


def _text(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\0", "")


async def _limited(request: Request) -> AsyncGenerator[bytes]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LIMIT + _FORM:
            raise HTTPException(413)
        yield chunk


async def _file(value: object) -> Upload | None:
    if not isinstance(value, UploadFile):
        return None
    content = await value.read()
    if len(content) > LIMIT:
        raise HTTPException(413)
    return Upload(value.filename or "", content) if content else None
