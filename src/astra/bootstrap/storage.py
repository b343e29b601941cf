"""The object store: S3 if the settings name one, else a folder."""

from collections.abc import Callable

from astra.bootstrap.settings import Settings
from astra.kernel.clock import Clock
from astra.kernel.errors import InvalidInput
from astra.kernel.storage.blob_store import BlobStore, Bucket
from astra.kernel.storage.folder_store import FolderStore
from astra.kernel.storage.s3_store import S3Store


class S3SettingsIncomplete(InvalidInput):
    """ASTRA_S3_ENDPOINT_URL needs ASTRA_S3_ACCESS_KEY and ASTRA_S3_SECRET_KEY too."""

    code = "s3_settings_incomplete"


def open_store(
    settings: Settings, link_key: bytes, base_url: Callable[[], str], clock: Clock
) -> tuple[BlobStore, FolderStore | None]:
    """Return the store, and again as a folder store if that is what it is."""
    if settings.s3_endpoint_url:
        return open_s3(settings, settings.s3_endpoint_url, clock), None
    folder = FolderStore(settings.data / "objects", link_key, base_url, clock)
    return folder, folder


def open_s3(settings: Settings, endpoint_url: str, clock: Clock) -> S3Store:
    """Return the S3 store with its buckets made; `S3SettingsIncomplete`."""
    if settings.s3_access_key is None or settings.s3_secret_key is None:
        raise S3SettingsIncomplete
    store = S3Store(
        endpoint_url=endpoint_url,
        region=settings.s3_region,
        access_key=settings.s3_access_key.get_secret_value(),
        secret_key=settings.s3_secret_key.get_secret_value(),
        clock=clock,
        bucket_names={bucket: f"{settings.s3_bucket_prefix}{bucket.value}" for bucket in Bucket},
    )
    store.ensure_buckets()
    return store
