"""Why a finalization waits or ends."""

from astra.kernel.errors import AstraError, IntegrityError


class StillDraining(AstraError):
    """Blocks are missing or still being heard; the draining goes on by itself."""

    code = "still_draining"
    retryable = True


class ArtifactChanged(IntegrityError):
    """A stored file is not the one an earlier step wrote; the acta is withheld."""

    code = "artifact_changed"
