"""Images attached to a session."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from astra.kernel.blocks import Block, BlockType
from astra.kernel.ids import AssetId, BlockId, IdSource, SessionId, TenantId
from astra.kernel.storage.blob_store import BlobStore, Bucket
from astra.orchestrator.assets.ports import ImageCleaner
from astra.orchestrator.sessions.keys import asset_key
from astra.orchestrator.sessions.ports import SessionStore
from astra.orchestrator.sessions.service import Sessions

AFTER_SPEECH: Final = 1000  # positions of images, after every block of the append they follow
IMAGE_TEMPLATE: Final = "TPL_IMAGEN"  # the template whose placeholder takes images
LINK_LIFETIME: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """An image of a session; its id is the SHA-256 of its content."""

    asset_id: AssetId
    url: str


class Assets:
    """Takes images in, cleans them and puts them where the session stands."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        store: SessionStore,
        blobs: BlobStore,
        images: ImageCleaner,
        ids: IdSource,
    ) -> None:
        self._sessions = sessions
        self._store = store
        self._blobs = blobs
        self._images = images
        self._ids = ids

    async def upload(self, tenant_id: TenantId, session_id: SessionId, content: bytes, caption: str) -> Asset:
        """Attach an image after what has been said so far; the same image twice is one block.

        Raises:
            SessionNotFound, SessionClosed, ImageUnreadable, ImageTooLarge
        """
        session = await self._sessions.get(tenant_id, session_id)
        image = await asyncio.to_thread(self._images.clean, content)
        asset_id = AssetId(hashlib.sha256(image).hexdigest())
        key = asset_key(session_id, asset_id)
        await asyncio.to_thread(self._blobs.put, Bucket.RAW, key, image)
        chunks = await self._store.chunks(session_id)
        block = Block(
            block_id=BlockId(self._ids.new()),
            sequence_id=max((chunk.sequence_id for chunk in chunks), default=0),
            position=AFTER_SPEECH,
            type=BlockType.IMAGE,
            visibility=session.context.visibility,
            target_placeholder=session.pins.config.placeholder_map.get(IMAGE_TEMPLATE),
            data={"asset_id": asset_id, "caption": caption, "alt": caption},
            topic=session.context.topic,
        )
        await self._store.attach(session_id, block, asset_id)
        url = await asyncio.to_thread(self._blobs.generate_presigned_url, Bucket.RAW, key, LINK_LIFETIME)
        return Asset(asset_id=asset_id, url=url)
