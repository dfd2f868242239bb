"""A model for piper of a few hundred bytes: it hums as long as phonemes and length scale say; no download."""

from __future__ import annotations

import json
from pathlib import Path

SAMPLES_A_PHONEME = 300
RATE = 22_050


def make_model(folder: Path, name: str = "vi_VN-hum-test") -> Path:
    """Write NAME.onnx and NAME.onnx.json into `folder`, and return the model."""
    import onnx
    from onnx import TensorProto
    from onnx import helper as make

    nodes = [
        make.make_node("Cast", ["input"], ["floats"], to=TensorProto.FLOAT),
        make.make_node("Reshape", ["floats", "shape"], ["row"]),
        make.make_node("Gather", ["scales", "second"], ["length_scale"]),
        make.make_node("Mul", ["length_scale", "samples"], ["samples_now"]),
        make.make_node("Cast", ["samples_now"], ["whole"], to=TensorProto.INT64),
        make.make_node("Concat", ["ones", "whole"], ["times"], axis=0),
        make.make_node("Tile", ["row", "times"], ["tiled"]),
        make.make_node("Mul", ["tiled", "softly"], ["output"]),
    ]
    inputs = [
        make.make_tensor_value_info("input", TensorProto.INT64, [1, "n"]),
        make.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
        make.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    constants = [
        make.make_tensor("shape", TensorProto.INT64, [4], [1, 1, 1, -1]),
        make.make_tensor("second", TensorProto.INT64, [1], [1]),  # noise, length, noise of the length
        make.make_tensor("samples", TensorProto.FLOAT, [1], [SAMPLES_A_PHONEME]),
        make.make_tensor("ones", TensorProto.INT64, [3], [1, 1, 1]),
        make.make_tensor("softly", TensorProto.FLOAT, [1], [0.002]),
    ]
    output = make.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, 1, "m"])
    graph = make.make_graph(nodes, "vits", inputs, [output], constants)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.onnx"
    onnx.save(make.make_model(graph, opset_imports=[make.make_opsetid("", 13)], ir_version=8), str(path))
    path.with_name(f"{path.name}.json").write_text(json.dumps(_config()), encoding="utf-8")
    return path


def _config() -> dict[str, object]:
    ids = {"_": [0], "^": [1], "$": [2]}
    ids |= {chr(code): [3 + code % 200] for code in range(0x20, 0x400) if chr(code) not in ids}
    return {
        "audio": {"sample_rate": RATE, "quality": "medium"},
        "espeak": {"voice": "vi"},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_map": {},
        "phoneme_id_map": ids,
        "num_symbols": 256,
        "num_speakers": 1,
        "speaker_id_map": {},
    }
