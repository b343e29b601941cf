from pathlib import Path

import pytest

from astra.bootstrap.settings import Settings
from astra.entrypoints.cli.settings import SettingInvalid, settings_with

PAGE = Path(__file__).parents[3] / "docs" / "settings.md"


def test_every_setting_is_on_its_page_with_its_description() -> None:
    page = PAGE.read_text("utf-8")
    for name, field in Settings.model_fields.items():
        assert f"`ASTRA_{name.upper()}`" in page
        assert field.description is not None
        assert field.description in page


def test_settings_come_from_variables_with_the_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASTRA_REDIS_URL", "redis://example:6379/0")
    assert settings_with().redis_url == "redis://example:6379/0"


def test_what_the_command_line_says_goes_before_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ASTRA_DATA", "/elsewhere")
    assert settings_with(data=tmp_path).data == tmp_path


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASTRA_CORE_CONCURRENCY", "zero")
    with pytest.raises(SettingInvalid, match="ASTRA_CORE_CONCURRENCY"):
        settings_with()
