"""What can go wrong with a tenant's configuration."""

from astra.kernel.errors import Conflict, NotFound


class TenantNotFound(NotFound):
    """There is no such tenant; create it first."""

    code = "tenant_not_found"


class TenantExists(Conflict):
    """A tenant with that identifier exists already; choose another."""

    code = "tenant_exists"


class SkeletonNotFound(NotFound):
    """The council has no skeleton with that identifier; upload it first."""

    code = "skeleton_not_found"
