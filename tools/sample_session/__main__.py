"""Write the sample session: `python -m sample_session [FOLDER]` from `tools/` (needs espeak-ng)."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import numpy as np

from sample_session.grammar import is_known
from sample_session.script import ENTITIES, LINES, PEOPLE, SESSION, Line
from sample_session.speech import RATE, Sound, spoken

_DEFAULT_FOLDER: Final = Path(__file__).parents[2] / "src" / "astra" / "samples" / "session"
_LEAD_S: Final = 0.6
_PAUSE_S: Final = 0.7  # between two sentences of one person
_CHANGE_S: Final = 1.0  # before another person speaks
_NOISE: Final = 0.001  # of a quiet room, relative to full scale
_BIT_RATE: Final = 32_000
_BLOCK: Final = 960  # samples


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedLine:
    """A line and when it is said."""

    line: Line
    start_ms: int
    end_ms: int


def main(folder: Path) -> None:
    """Check the script, speak it, and write the recording and its reference into the folder."""
    unknown = [line.text for line in LINES if not is_known(line.text)]
    if unknown:
        sys.exit("The demo model does not know these sentences:\n" + "\n".join(unknown))
    sound, lines = recorded(LINES)
    folder.mkdir(parents=True, exist_ok=True)
    write_opus(folder / "session.ogg", sound)
    reference = json.dumps(reference_of(lines, len(sound) * 1000 // RATE), ensure_ascii=False, indent=1)
    (folder / "reference.json").write_text(reference + "\n", encoding="utf-8")
    size = (folder / "session.ogg").stat().st_size
    print(f"{len(lines)} lines, {len(sound) / RATE:.0f} s, {size} bytes in {folder}")


def recorded(lines: Sequence[Line]) -> tuple[Sound, list[TimedLine]]:
    """Speak every line, one after another, in a room that is not quite silent."""
    voices = {person.person_id: person.voice for person in PEOPLE}
    parts = [_silence(_LEAD_S)]
    timed: list[TimedLine] = []
    position = len(parts[0])
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        voice = voices[line.person_id]
        if voice is None:
            sys.exit(f"{line.person_id} has no voice")
        said = spoken(line.text, voice)
        is_same = following is not None and following.person_id == line.person_id
        pause = _silence(_PAUSE_S if is_same else _CHANGE_S)
        timed.append(TimedLine(line=line, start_ms=_ms(position), end_ms=_ms(position + len(said))))
        parts += [said, pause]
        position += len(said) + len(pause)
    sound = np.concatenate(parts)
    noise = np.random.default_rng(0).normal(0, _NOISE, len(sound))
    return (sound + noise).astype(np.float32), timed


def _silence(seconds: float) -> Sound:
    return np.zeros(int(seconds * RATE), dtype=np.float32)


def _ms(samples: int) -> int:
    return samples * 1000 // RATE


def write_opus(path: Path, sound: Sound) -> None:
    """Encode as Opus in Ogg."""
    with av.open(str(path), "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono")
        stream.bit_rate = _BIT_RATE
        for frame in _frames(sound):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _frames(sound: Sound) -> Iterator[av.AudioFrame]:
    samples = (np.clip(sound, -1, 1) * 32767).astype(np.int16)
    for start in range(0, len(samples), _BLOCK):
        block = samples[start : start + _BLOCK]
        frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, start
        yield frame


def reference_of(lines: Sequence[TimedLine], duration_ms: int) -> dict[str, object]:
    """Return what was said, by whom, when, and in which session."""
    return {
        "session": {**SESSION, "duration_ms": duration_ms},
        "people": [
            {
                "speaker_id": person.person_id,
                "name": person.name,
                "treatment": person.treatment,
                "party": person.party,
            }
            for person in PEOPLE
        ],
        "entities": ENTITIES,
        "lines": [
            {
                "speaker": timed.line.person_id,
                "start_ms": timed.start_ms,
                "end_ms": timed.end_ms,
                "reserved": timed.line.reserved,
                "text": timed.line.text,
            }
            for timed in lines
        ],
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else _DEFAULT_FOLDER)
