#!/usr/bin/env python3
"""Writes tests/cases/trainer/events.json: events as TensorBoard's own protocol buffers and record writer make them.

    .peers/bin/python tests/peers/make_event_cases.py
"""
import io
import json
import pathlib

from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

CASES = [
    {"kind": "version", "wall_time": 1700000000.25},
    {"kind": "start", "wall_time": 1700000001.5, "step": 8},
    {"kind": "scalars", "wall_time": 1700000002.0, "step": 0, "scalars": [["eval/correct", 0.0]]},
    {"kind": "scalars", "wall_time": 1700000003.0, "step": 1,
     "scalars": [["reward", 0.4375], ["completions/mean_length", 12.3], ["kl", -1e-9]]},
    {"kind": "scalars", "wall_time": 1700000004.125, "step": 300,
     "scalars": [["a name of more than 127 bytes " + "x" * 120, 3.0]]},
    {"kind": "scalars", "wall_time": 1700000005.0, "step": 5000000000, "scalars": [["größe", 1e30]]},
]


def event_of(case):
    event = event_pb2.Event(wall_time=case["wall_time"], step=case.get("step", 0))
    if case["kind"] == "version":
        event.file_version = "brain.Event:2"
    elif case["kind"] == "start":
        event.session_log.status = event_pb2.SessionLog.START
    else:
        for tag, value in case["scalars"]:
            event.summary.value.append(summary_pb2.Summary.Value(tag=tag, simple_value=value))
    return event


def main():
    for case in CASES:
        out = io.BytesIO()
        RecordWriter(out).write(event_of(case).SerializeToString())
        case["record"] = out.getvalue().hex()
    path = pathlib.Path(__file__).resolve().parents[1] / "cases" / "trainer" / "events.json"
    path.write_text(json.dumps({"events": CASES}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
