"""Writes docs/settings.md from the descriptions in `astra.bootstrap.settings`."""

from pathlib import Path
from typing import Final

from pydantic_core import PydanticUndefined

from astra.bootstrap.settings import Settings

PAGE: Final = Path(__file__).parents[1] / "docs" / "settings.md"
HEAD: Final = """# Settings
Read once at the start from `ASTRA_…` variables, or from a `.env` file in the working directory.
Written by `tools/settings_page.py`.

| Variable | Default | What it does |
| --- | --- | --- |
"""


def main() -> None:
    """Write the page."""
    rows = (
        f"| `ASTRA_{name.upper()}` | {shown(field.default)} | {field.description} |\n"
        for name, field in Settings.model_fields.items()
    )
    PAGE.write_text(HEAD + "".join(rows), "utf-8")


def shown(default: object) -> str:
    """Return a default as the page shows it."""
    if default is PydanticUndefined:
        return "the user's data folder"
    return "" if default is None else f"`{default}`"


if __name__ == "__main__":
    main()
