"""What a content is, told by its first bytes and never by what anybody says of it. Pure; nothing is unpacked."""

from __future__ import annotations

UNKNOWN = "application/octet-stream"
_LOOKED_AT = 4096  #: bytes

_OFFICE = "application/vnd.openxmlformats-officedocument"
_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
)
#: Brands of ISO base media files, from the eighth byte on.
_BRANDS = {
    b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic", b"msf1": "image/heic", b"heim": "image/heic",
    b"isom": "video/mp4", b"iso2": "video/mp4", b"iso4": "video/mp4", b"iso5": "video/mp4", b"iso6": "video/mp4",
    b"mp41": "video/mp4", b"mp42": "video/mp4", b"avc1": "video/mp4", b"M4V ": "video/mp4", b"M4A ": "audio/mp4",
    b"dash": "video/mp4", b"qt  ": "video/quicktime", b"3gp4": "video/3gpp", b"3gp5": "video/3gpp",
}  # fmt: skip
#: For the name of a download.
EXTENSIONS = {
    "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/heic": "heic",
    "application/pdf": "pdf", "audio/ogg": "ogg", "video/mp4": "mp4", "audio/mp4": "m4a", "video/quicktime": "mov",
    "video/3gpp": "3gp", "audio/mpeg": "mp3", "application/zip": "zip", f"{_OFFICE}.wordprocessingml.document": "docx",
    f"{_OFFICE}.spreadsheetml.sheet": "xlsx", "text/plain": "txt", "audio/amr": "amr",
}  # fmt: skip


def sniff(content: bytes) -> str:
    """Name the media type of a content; what is not known is ``application/octet-stream``."""
    head = content[:_LOOKED_AT]
    known = next((media_type for start, media_type in _STARTS if head.startswith(start)), "")
    return known or _by_container(head) or ("text/plain" if _is_text(content) else UNKNOWN)


def _by_container(head: bytes) -> str:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[:4] == b"OggS":
        return "audio/ogg"
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "")
    return _zipped(head) if head.startswith((b"PK\x03\x04", b"PK\x05\x06")) else ""


def _zipped(head: bytes) -> str:
    """Tell an office document by the names in its first entries."""
    if b"[Content_Types].xml" in head or b"_rels/" in head:
        if b"word/" in head:
            return f"{_OFFICE}.wordprocessingml.document"
        if b"xl/" in head:
            return f"{_OFFICE}.spreadsheetml.sheet"
    return "application/zip"


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return bool(text) and not any(sign < " " and sign not in "\t\n\r\f" for sign in text)
