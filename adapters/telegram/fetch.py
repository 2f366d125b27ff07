"""Fetches the files that people sent on Telegram: from the Bot API's own server and from nowhere else."""

from __future__ import annotations

import re
from typing import Any

from adapters.telegram.client import ApiRequest
from adapters.telegram.errors import TROUBLE, to_send_error
from bot.domain.errors import Refused, SendError, Unavailable, Uncertain

#: Folders and a name as the Bot API gives them. A server run with --local gives absolute paths: they are not followed.
_PATH = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,5}")
_LONGEST_PATH = 200

#: What refuses a file for good, in Telegram's words and ours.
_NEVER = {"file is too big": "The file is too large.", "invalid file_id": "Telegram does not know this file."}


class FileServer:
    """The Bot API's files."""

    def __init__(self, request: ApiRequest, methods: str, files: str) -> None:
        self._request = request
        self._methods = methods  #: address of the methods, with the token
        self._files = files  #: address of the files, with the token

    async def fetch(self, file_id: str, limit: int) -> bytes:
        try:
            found = await self._request.call(f"{self._methods}/getFile", {"file_id": file_id})
            path, size = _place(found, limit)
            content = await self._request.download(f"{self._files}/{path}", limit)
        except SendError:
            raise
        except TROUBLE as error:
            raise _meaning(error) from None
        if size and len(content) != size:
            raise Unavailable("The file came in part only.")
        return content


def _place(found: Any, limit: int) -> tuple[str, int]:
    path, size = found["file_path"], found.get("file_size", 0)
    if not isinstance(path, str) or len(path) > _LONGEST_PATH or not _PATH.fullmatch(path):
        raise Refused("Telegram named a place for the file that is not followed.")
    if not isinstance(size, int) or size > limit:
        raise Refused("The file is too large.")
    return path, size


def _meaning(error: BaseException) -> SendError:
    said = str(error).lower()
    refusal = next((ours for phrase, ours in _NEVER.items() if phrase in said), "")
    if refusal:
        return Refused(refusal)
    meant = to_send_error(error)
    if isinstance(meant, Uncertain):
        return Unavailable("Telegram did not answer in time.")
    # A file may be refused for a while only; what stays so is parked after some tries.
    return meant if meant.retryable else Unavailable("Telegram did not give the file.")
