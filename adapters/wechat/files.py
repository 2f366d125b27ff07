"""Fetches what people sent on WeChat, as long as it is there: three days."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from adapters.calls.http_client import HttpClient, Way
from adapters.tencent.client import Client, Download
from adapters.wechat.parse import NEVER_HAD, VIDEO
from bot.domain.errors import Refused

_MEDIA = "/cgi-bin/media/get"
_VIDEOS = ".qq.com"  #: videos are kept elsewhere, but nowhere else


class Files:
    """The account's media."""

    def __init__(self, client: Client, way: Way) -> None:
        self._client = client
        self._way = way

    async def fetch(self, file_id: str, limit: int) -> bytes:
        if file_id.startswith(NEVER_HAD):
            raise Refused("WeChat hands over no documents: ask for it as a photo, or by the page of the case.")
        if file_id.startswith(VIDEO):
            return await self._video(file_id.removeprefix(VIDEO), limit)
        return await self._client.download(_MEDIA, {"media_id": file_id}, limit)

    async def _video(self, media_id: str, limit: int) -> bytes:
        found = await self._client.get(_MEDIA, {"media_id": media_id}, limit)
        if found.said is None:
            return found.content
        way, path, query = self._place(found.said.get("video_url"))
        http = HttpClient(way, connections=1)
        await http.start()
        try:
            video = Download.of(await http.download(path, limit, query=query))
        finally:
            await http.stop()
        if video.said is not None:
            raise Refused("There is no file.")
        return video.content

    def _place(self, url: Any) -> tuple[Way, str, dict[str, str]]:
        """Where a video is. Nothing is fetched from a place that is not WeChat's, nor in the clear."""
        found = urlsplit(url if isinstance(url, str) else "")
        root = f"{found.scheme}://{found.netloc}"
        if root != self._way.root:
            if not (found.hostname or "").endswith(_VIDEOS) or found.netloc != found.hostname:
                raise Refused("WeChat named a place for the video that is not followed.")
            root = f"https://{found.hostname}"
        way = Way(self._way.name, root, self._way.proxy)
        return way, found.path, dict(parse_qsl(found.query, keep_blank_values=True))
