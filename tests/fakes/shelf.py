"""The files of the fake Bot API: what people sent, and what a broken or hostile server may say of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.faults import Refusal
from tests.fakes.wire import Reply

_TOO_BIG = 20 * 1024 * 1024  #: bytes, more the Bot API gives to no bot


@dataclass(slots=True)
class Shelf:
    contents: dict[str, bytes] = field(default_factory=dict)  #: by file id
    says: dict[str, Any] = field(default_factory=dict)  #: instead of what is true of every file
    answers: list[Reply] = field(default_factory=list)  #: to the next downloads, instead of the file
    asked: list[str] = field(default_factory=list)  #: paths of all downloads

    def get(self, given: dict[str, Any]) -> dict[str, Any]:
        file_id = str(given["file_id"])
        if file_id not in self.contents:
            raise Refusal(400, "Bad Request: invalid file_id")
        size = len(self.contents[file_id])
        if size > _TOO_BIG:
            raise Refusal(400, "Bad Request: file is too big")
        facts = {"file_id": file_id, "file_unique_id": "u", "file_size": size, "file_path": f"documents/{file_id}.bin"}
        return facts | self.says

    def download(self, path: str) -> Reply:
        self.asked.append(path)
        if self.answers:
            return self.answers.pop(0)
        file_id = path.removeprefix("documents/").removesuffix(".bin")
        if file_id not in self.contents:
            return Reply(404, b"<html>Not Found</html>", "text/html")
        return Reply(200, self.contents[file_id], "application/octet-stream")
