from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astra.core.diarization.rttm import RttmUnreadable, rttm_lines, turns_by_file
from astra.core.diarization.values import SpeakerTurn

NAMES = st.from_regex(r"[\w.-]{1,12}", fullmatch=True)
TURNS = st.lists(
    st.builds(
        lambda start, length, name, thousandths: SpeakerTurn(
            start_ms=start, end_ms=start + length, speaker=name, confidence=thousandths / 1000
        ),
        st.integers(0, 30_000_000),
        st.integers(1, 600_000),
        NAMES,
        st.integers(0, 1000),
    )
)


@settings(deadline=None, max_examples=50)
@given(turns=TURNS, file_id=NAMES)
def test_what_is_written_is_read_back_exactly(turns: list[SpeakerTurn], file_id: str) -> None:
    ordered = sorted(turns, key=lambda turn: (turn.start_ms, turn.end_ms))
    found = turns_by_file(rttm_lines(ordered, file_id))
    assert found == ({file_id: ordered} if turns else {})


@settings(deadline=None, max_examples=50)
@given(file_id=st.text(), speaker=st.text())
def test_no_name_breaks_a_line_into_other_fields(file_id: str, speaker: str) -> None:
    turn = SpeakerTurn(start_ms=1_500, end_ms=2_250, speaker=speaker, confidence=0.5)
    (line,) = rttm_lines([turn], file_id)
    fields = line.split()
    assert len(fields) == 10
    assert fields[3:5] == ["1.500", "0.750"]
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert Path(fields[1]).name == fields[1]
    assert ";" not in line


def test_a_turn_looks_as_the_format_says() -> None:
    turn = SpeakerTurn(start_ms=65_432, end_ms=70_000, speaker="S2", confidence=0.875)
    assert list(rttm_lines([turn], "sesión 12/2026")) == [
        "SPEAKER sesión_12_2026 1 65.432 4.568 <NA> <NA> S2 0.875 <NA>\n"
    ]


def test_other_tools_files_are_read() -> None:
    lines = [
        ";; made elsewhere\n",
        "SPKR-INFO one 1 <NA> <NA> <NA> unknown ana <NA> <NA>\n",
        "\n",
        "SPEAKER one 1 2.5 1.25 <NA> <NA> ana <NA> <NA>\n",
        "SPEAKER one 1 0 1e0 <NA> <NA> beto 0.5\n",
        "SPEAKER two 1 0.0004 0.3 <NA> <NA> ana\n",
    ]
    found = turns_by_file(lines)
    assert found == {
        "one": [
            SpeakerTurn(start_ms=0, end_ms=1_000, speaker="beto", confidence=0.5),
            SpeakerTurn(start_ms=2_500, end_ms=3_750, speaker="ana", confidence=1.0),
        ],
        "two": [SpeakerTurn(start_ms=0, end_ms=300, speaker="ana", confidence=1.0)],
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("SPEAKER", "Line 2 has 1 fields"),
        ("SPEAKER one 1 0.0 1.0 <NA> <NA>", "Line 2 has 7 fields"),
        ("SPEAKER one 1 zero 1.0 <NA> <NA> ana", "line 2 'zero'"),
        ("SPEAKER one 1 0.0 -1.0 <NA> <NA> ana", "line 2 '-1.0'"),
        ("SPEAKER one 1 nan 1.0 <NA> <NA> ana", "line 2 'nan'"),
        ("SPEAKER one 1 0 inf <NA> <NA> ana", "line 2 'inf'"),
        ("SPEAKER one 1 0 1 <NA> <NA> ana much", "line 2 'much'"),
    ],
)
def test_a_wrong_line_is_named(line: str, message: str) -> None:
    with pytest.raises(RttmUnreadable, match=message):
        turns_by_file(["SPEAKER one 1 0.0 1.0 <NA> <NA> ana <NA> <NA>", line])
