from uuid import UUID

from astra.kernel.ids import Uuid7Ids


def test_identifiers_are_uuid_version_7_and_grow() -> None:
    ids = Uuid7Ids()
    made = [ids.new() for _ in range(2000)]
    assert all(UUID(identifier).version == 7 for identifier in made)
    assert made == sorted(set(made))
