"""Make tiny models of NVIDIA's kinds with random weights: `python tools/tiny_parakeet FOLDER`.

They are in the real formats, and recognise nothing, but the code that runs them is that of the real
ones: FOLDER/tiny-parakeet.nemo, FOLDER/tiny-canary.nemo, and the same models as onnx-asr reads them, in
FOLDER/parakeet-onnx and FOLDER/canary-onnx. Needs the extras parakeet and onnx.
"""

import logging
import sys
import tempfile
import warnings
from pathlib import Path

import canary
import onnx_folders
import parakeet
from vocabulary import Vocabulary


def main(folder: Path) -> None:
    """Make every model in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        vocabulary = Vocabulary.made_in(Path(scratch))
        transducer = parakeet.made(vocabulary)
        transducer.save_to(str(folder / "tiny-parakeet.nemo"))
        decoder = canary.made(vocabulary)
        canary.save(decoder, canary.aligner(vocabulary), folder / "tiny-canary.nemo")
        onnx_folders.write_parakeet(transducer, folder / "parakeet-onnx")
        onnx_folders.write_canary(decoder, folder / "canary-onnx")


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # NeMo's and the exporter's
    logging.disable(logging.WARNING)
    main(Path(sys.argv[1]))
