from pathlib import Path

import pytest

from astra.bootstrap.core_service import core_parts, served_name
from astra.bootstrap.settings import Settings
from astra.core.catalog import Catalog, ModelUnknown


def test_the_parts_come_from_the_settings_and_load_nothing() -> None:
    settings = Settings(model="demo", core_concurrency=3, core_queue=5, core_listeners=2)
    parts = core_parts(settings, frozenset({"k" * 16}))
    assert (parts.limits.concurrency, parts.limits.waiting, parts.limits.listeners) == (3, 5, 2)
    assert parts.api_keys == {"k" * 16}
    assert parts.catalog.names == ("demo",)
    assert parts.catalog.find() is parts.catalog.find("demo")
    assert parts.catalog.find().transcriber.identity.model == "demo"


def test_clients_name_a_folder_by_its_last_part_and_a_hub_model_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "council-v2").mkdir()
    assert served_name(Settings(model=str(tmp_path / "council-v2"))) == "council-v2"
    assert served_name(Settings(model="nvidia/parakeet-tdt-0.6b-v3")) == "nvidia/parakeet-tdt-0.6b-v3"
    assert served_name(Settings(engine="whisper")) == "large-v3-turbo"


def test_a_catalog_makes_a_model_once_and_only_when_asked_for() -> None:
    made = core_parts(Settings(model="demo"), frozenset()).catalog.find()
    calls: list[str] = []
    catalog = Catalog({name: lambda name=name: calls.append(name) or made for name in ("a", "b")}, "a")  # type: ignore[misc]
    assert calls == []
    assert catalog.find() is catalog.find("a") is made
    assert calls == ["a"]
    with pytest.raises(ModelUnknown, match="choose one of a, b"):
        catalog.find("c")
    with pytest.raises(ModelUnknown):
        Catalog({}, default="a")


def test_a_catalog_finds_a_hubs_model_by_its_last_part_if_that_means_one() -> None:
    made = core_parts(Settings(model="demo"), frozenset()).catalog.find()
    catalog = Catalog({name: lambda: made for name in ("a/demo", "b/demo", "b/large")}, "b/large")
    assert catalog.find("large") is catalog.find("a/demo") is made
    for name in ("demo", "b", "b/", ""):
        with pytest.raises(ModelUnknown):
            catalog.find(name)
