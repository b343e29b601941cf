"""Who is asking."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from astra.kernel.ids import TenantId, UserId


class Role(StrEnum):
    """What a person may do; each includes the ones before it."""

    VIEWER = "viewer"
    SECRETARY = "secretary"
    ADMIN = "admin"
    OPERATOR = "operator"


RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person with a password."""

    user_id: UserId
    tenant_id: TenantId
    email: str
    password_hash: str
    role: Role
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The person behind a request, as its token says."""

    user_id: UserId
    tenant_id: TenantId
    email: str
    role: Role

    def may(self, role: Role) -> bool:
        """Tell whether this person has at least `role`."""
        return RANK[self.role] >= RANK[role]
