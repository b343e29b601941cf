from pathlib import Path

import pytest

from astra.entrypoints.cli.speakers import SpeakersInvalid, cuts_of, read_turns, speaker_at

GOOD = "start,end,speaker,treatment\n0,12.5,Ana Peña,la concejala\n0:00:12.5,1:02:03,Luis Gómez,el concejal\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_spreadsheet_of_any_usual_form_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "speakers.csv"
    path.write_bytes(GOOD.replace(",", delimiter).encode(encoding))
    turns = read_turns(path)
    assert [turn.speaker.name for turn in turns] == ["Ana Peña", "Luis Gómez"]
    assert cuts_of(turns) == (12_500, 3_723_000)
    ana, nobody = speaker_at(turns, 0), speaker_at(turns, 3_723_000)
    assert (ana.treatment if ana else "", nobody) == ("la concejala", None)


@pytest.mark.parametrize(
    "rows",
    ["0", "inf,2,Ana", "nan,2,Ana", "a,b,Ana", "5,5,Ana", "0,1,", "0,9,Ana\n8,12,Luis", "1:1:1:1,2,Ana"],
)
def test_rows_that_make_no_sense_are_explained(tmp_path: Path, rows: str) -> None:
    path = tmp_path / "speakers.csv"
    path.write_text(f"start,end,speaker\n{rows}\n", "utf-8")
    with pytest.raises(SpeakersInvalid):
        read_turns(path)
