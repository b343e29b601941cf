"""Where the objects of a session lie in their buckets."""

from typing import Final

from astra.kernel.ids import AssetId, SessionId

SUFFIXES: Final = {
    b"OggS": ".ogg",
    b"RIFF": ".wav",
    b"fLaC": ".flac",
    b"ID3": ".mp3",
    b"\xff\xfb": ".mp3",
    b"\x1a\x45\xdf\xa3": ".webm",
}


def audio_key(session_id: SessionId, sequence_id: int, digest: str, audio: bytes) -> str:
    """Return the key of a chunk's sound; the content is part of the name."""
    suffix = next((end for magic, end in SUFFIXES.items() if audio.startswith(magic)), ".audio")
    return f"sessions/{session_id}/audio/{sequence_id:06d}-{digest[:16]}{suffix}"


def source_key(session_id: SessionId, suffix: str) -> str:
    """Return the key of a whole recording; its own file name may tell too much, so only the suffix stays."""
    kept = suffix.lower() if suffix[1:].isalnum() else ""
    return f"sessions/{session_id}/source/recording{kept}"


def asset_key(session_id: SessionId, asset_id: AssetId) -> str:
    """Return the key of an image."""
    return f"sessions/{session_id}/assets/{asset_id}"
