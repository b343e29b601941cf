"""What can go wrong when ASTRA runs its own PostgreSQL and Redis."""

from astra.kernel.errors import Conflict, InvalidInput, Unavailable


class DataFolderInUse(Conflict):
    """Another ASTRA uses this folder; stop it or give another with --data."""

    code = "data_folder_in_use"


class DataFolderNotWritable(InvalidInput):
    """The data folder cannot be written; give one of your own with --data."""

    code = "data_folder_not_writable"


class DataFolderUnreachable(InvalidInput):
    """The account that runs the servers cannot enter the data folder; give one that it can with --data."""

    code = "data_folder_unreachable"


class DataVersionMismatch(Conflict):
    """The data folder was made by a PostgreSQL that is not installed; install that version of ASTRA again."""

    code = "data_version_mismatch"


class DiskFull(Unavailable):
    """The disk of the data folder is full; free some space and start again."""

    code = "disk_full"
    retryable = False


class ServerBinaryMissing(Unavailable):
    """A server that ASTRA starts is not installed; install it or give the address of a running one."""

    code = "server_binary_missing"
    retryable = False


class ServerStartFailed(Unavailable):
    """A server did not start; its log in the data folder says why."""

    code = "server_start_failed"


class ServerKeepsDying(Unavailable):
    """A server died again and again; its log in the data folder says why."""

    code = "server_keeps_dying"
    retryable = False
