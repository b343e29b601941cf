"""Settings as a command sees them: the environment's, under what the command line says."""

from typing import Any

from pydantic import ValidationError

from astra.bootstrap.settings import Settings
from astra.kernel.errors import InvalidInput


class SettingInvalid(InvalidInput):
    """A setting is not valid; see docs/settings.md."""

    code = "setting_invalid"


def settings_with(**options: Any) -> Settings:
    """Return the settings, with those options that were given; `SettingInvalid`."""
    given = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = "ASTRA_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingInvalid(f"{name}: {first['msg']}; see docs/settings.md") from error
