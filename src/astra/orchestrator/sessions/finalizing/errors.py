"""Why a finalization waits or ends."""

from astra.kernel.errors import AstraError, Conflict, IntegrityError, NotFound


class StillDraining(AstraError):
    """Blocks are missing or still being heard; the draining goes on by itself."""

    code = "still_draining"
    retryable = True


class ArtifactChanged(IntegrityError):
    """A stored file is not the one an earlier step wrote; the acta is withheld."""

    code = "artifact_changed"


class FinalizationFailed(Conflict):
    """The acta could not be made; mend the cause and finalize again with retry=true."""

    code = "finalization_failed"


class FinalizationUnknown(NotFound):
    """Nobody has asked for this session's acta yet; finalize it first."""

    code = "finalization_unknown"
