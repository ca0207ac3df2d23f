#!/usr/bin/env python3
"""The other program that `make bench-dictation` measures: faster-whisper, whose model stays in memory and which begins to recognise when
it is given a whole recording. It speaks what `hob bench --rival` expects: one line when it is ready, then a path a line in and a line of
JSON out.

    rival.py FOLDER [LANGUAGE]     FOLDER holds a Whisper model for CTranslate2; LANGUAGE is en unless given, or auto

It is set to answer as fast as it can: 8-bit weights, all cores, greedy, no times of words. Needs the package faster-whisper.
"""

import json
import os
import sys

from faster_whisper import WhisperModel


def main(folder, language="en"):
    model = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=os.cpu_count(), local_files_only=True)
    say({"ready": True})
    fixed = None if language == "auto" else language
    for line in sys.stdin:
        segments, _ = model.transcribe(
            line.removesuffix("\n"),
            language=fixed,
            beam_size=1,
            temperature=0,
            without_timestamps=True,
            condition_on_previous_text=False,
        )
        # The segments are recognised while they are asked for.
        say({"text": "".join(segment.text for segment in segments).strip()})


def say(answer):
    print(json.dumps(answer, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
