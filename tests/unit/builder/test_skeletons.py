"""The skeleton that ships with ASTRA, and its configuration."""

import runpy
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from astra.builder.roles import DEFAULT_STYLES, Role
from astra.builder.skeletons import default_configuration, default_skeleton, inspect

REPOSITORY = Path(__file__).parents[3]


def test_the_default_skeleton_offers_every_part_of_an_acta() -> None:
    summary = inspect(default_skeleton())
    assert set(summary.fields) >= {"CONCEJO", "ACTA_NUMERO", "HORA", "FIRMA_PRESIDENTE", "FIRMA_SECRETARIO"}
    assert summary.zones == (
        "ZONE_QUORUM",
        "ZONE_APERTURA",
        "ZONE_ORDEN_DIA",
        "ZONE_DEBATE",
        "ZONE_PROPOSICIONES",
        "ZONE_VOTACION",
        "ZONE_CIERRE",
        "ZONE_CONVOCATORIA",
        "ZONE_ANEXOS",
    )
    assert [(table.tag, table.columns) for table in summary.tables] == [
        ("TBL_ASISTENCIA", ("NOMBRE", "ASISTENCIA")),
        ("TBL_VOTACION", ("NOMBRE", "VOTO")),
    ]


def test_the_configuration_names_only_what_the_skeleton_has() -> None:
    summary, configuration = inspect(default_skeleton()), default_configuration()
    assert set(configuration.style_map) == set(Role)
    assert set(configuration.style_map.values()) <= set(summary.styles)
    assert set(DEFAULT_STYLES.values()) <= set(summary.styles)
    assert set(configuration.placeholder_map) == set(configuration.templates)
    assert set(configuration.placeholder_map.values()) <= set(summary.zones)
    assert set(configuration.table_map.values()) == {table.tag for table in summary.tables}


def test_the_committed_skeleton_is_what_the_tool_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = REPOSITORY / "tools" / "default_skeleton"
    monkeypatch.syspath_prepend(str(folder))
    made = runpy.run_path(str(folder / "build.py"))["parts"]()
    with zipfile.ZipFile(BytesIO(default_skeleton())) as archive:
        committed = {name: archive.read(name) for name in archive.namelist()}
    pictures = {name for name in made if name.endswith(".png")}
    assert made.keys() == committed.keys()
    assert {name: made[name] for name in made.keys() - pictures} == {
        name: committed[name] for name in made.keys() - pictures
    }
