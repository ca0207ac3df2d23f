#!/usr/bin/env python3
"""Word error rate of hob on a folder of recordings: has `hob` transcribe each, compares, and prints the rate for each kind of recording.

The folder holds a manifest.tsv with the columns id, language, category, trust, wav, original and transcript; only rows whose trust is gold
or silver count. An empty transcript means that nobody speaks: every word is then a ghost. Rows of the category `format` are read from
their original file and counted apart, because other programs are measured on the wav files alone.

Needs the package whisper-normalizer; packaging/wer.sh sets everything up and calls this.
"""

import argparse
import csv
import json
import os
import subprocess
import sys

from whisper_normalizer.basic import BasicTextNormalizer
from whisper_normalizer.english import EnglishTextNormalizer

NO_SPEECH = 4  # exit code of hob
COUNTED = ("gold", "silver")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--model", help="the speech model")
    parser.add_argument("--answers", help="score the lines {path, text} in this file instead of asking hob")
    parser.add_argument("--save", help="write hob's answers to this file, in the same form")
    options = parser.parse_args()

    with open(os.path.join(options.folder, "manifest.tsv"), encoding="utf-8") as manifest:
        rows = [row for row in csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE) if row["trust"] in COUNTED]
    answers = read_answers(options.answers) if options.answers else ask_hob(rows, options)
    report(rows, answers, options.folder)


def ask_hob(rows, options):
    """Answers by path; None where hob cannot read the file."""
    answers = {}
    saved = open(options.save, "w", encoding="utf-8") if options.save else None
    for row in rows:
        path = path_of(row, options.folder)
        if path in answers:
            continue
        answers[path] = transcribe(path, row["language"], options.model)
        if saved and answers[path] is not None:
            print(json.dumps({"path": path, "text": answers[path]}, ensure_ascii=False), file=saved, flush=True)
        if sys.stderr.isatty():
            print(f"\r{len(answers)} of {len(rows)}", end="", file=sys.stderr)
    return answers


def transcribe(path, language, model):
    command = ["hob", "transcribe", "--json", "--model", model, path]
    if len(language) == 2:
        command[2:2] = ["--language", language]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode == NO_SPEECH:
        return ""
    if run.returncode != 0:
        print(run.stderr.strip(), file=sys.stderr)
        return None
    return json.loads(run.stdout)["result"]["text"]


def read_answers(path):
    with open(path, encoding="utf-8") as lines:
        answers = [json.loads(line) for line in lines]
    return {answer["path"]: answer["text"] for answer in answers if "text" in answer}


def path_of(row, folder):
    own = row["original"] if row["category"] == "format" else row["wav"]
    return os.path.join(folder, own)


def report(rows, answers, folder):
    normalise = {True: EnglishTextNormalizer(), False: BasicTextNormalizer()}
    counts, ghosts, unanswered = {}, [], []
    for row in rows:
        text = answers.get(path_of(row, folder))
        if text is None:
            unanswered.append(row["id"])
            continue
        expected, heard = (normalise[row["language"] == "en"](words).split() for words in (row["transcript"], text))
        if not expected:
            if heard:
                ghosts.append((row["id"], text))
            continue
        group = counts.setdefault(row["category"], [0, 0, 0])
        for index, more in enumerate((distance(expected, heard), len(expected), 1)):
            group[index] += more

    for category in sorted(counts):
        show(category, counts[category])
    whole = [counts[category] for category in counts if category != "format"]
    english = [counts[category] for category in counts if category not in ("format", "non-english")]
    show("english", [sum(column) for column in zip(*english)])
    show("all but format", [sum(column) for column in zip(*whole)])
    silent = sum(1 for row in rows if not row["transcript"].strip())
    print(f"ghosts: {len(ghosts)} of {silent} recordings in which nobody speaks got words")
    for name, text in ghosts:
        print(f"  {name}: {text}")
    if unanswered:
        print(f"not answered: {' '.join(unanswered)}")


def show(name, group):
    errors, words, recordings = group
    print(f"{name:16} {100 * errors / max(words, 1):6.2f} %  {errors:4} errors in {words:5} words, {recordings} recordings")


def distance(expected, heard):
    """Words to insert, leave out or replace to get from one to the other."""
    before = list(range(len(heard) + 1))
    for row, word in enumerate(expected, start=1):
        current = [row]
        for column, other in enumerate(heard, start=1):
            current.append(min(before[column] + 1, current[-1] + 1, before[column - 1] + (word != other)))
        before = current
    return before[-1]


if __name__ == "__main__":
    main()
