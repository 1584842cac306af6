"""The deep ear as an ONNX graph: what `encoder.Bert` computes, in eight bits where that is asked for.

Weights have a scale for each column, what goes into them one fixed scale (measured by `ranges`), so a message's scores do not depend on the
messages beside it. A few columns of what goes in are far larger than the rest: each is made smaller, and its weights larger, by the
root of its size (after SmoothQuant, Xiao et al. 2023; without it the logits lie two thirds further off). Weights stay within seven bits: then no processor's sums can overflow, and all give the same. In the last third of the
layers only the message's own tokens go on; they still listen to what came before, as the layer in front left it. A fifth of the work is
saved so, and average precision on messages that no teacher saw is the same (.6406 and .6407).
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import onnx
import torch
from encoder import BEFORE_TOKENS, MESSAGE_TOKENS, Bert
from onnx import TensorProto, helper, numpy_helper
from torch import nn

OPSET, IR = 21, 10
CONTRIB = "com.microsoft"
WEIGHT_MAX, INPUT_MAX = 63, 255
LINES = ("mixed", "out", "up", "down")
"""The four matrices of a layer."""
EPSILON = 1e-12
LEAST = 1e-5
"""No column counts as smaller than this."""
WHOLE = 2 / 3
"""The share of the layers in which what came before goes on too."""
Ranges = dict[str, tuple[np.ndarray, np.ndarray]]


class Graph:
    """Nodes and weights of a graph in the making."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, np.ndarray] = {}

    def add(self, what: str, *inputs: str, many: int = 1, domain: str = "", **settings: Any) -> Any:
        """Add a node and return the name of what it makes, or their names."""
        made = [f"{what.lower()}{len(self.nodes)}{'abc'[place] if many > 1 else ''}" for place in range(many)]
        self.nodes.append(helper.make_node(what, list(inputs), made, domain=domain, **settings))
        return made[0] if many == 1 else made

    def keep(self, name: str, value: Any) -> str:
        """Add a weight and return its name."""
        self.weights[name] = np.asarray(value)
        return name

    def model(self, outputs: Sequence[tuple[str, int]]) -> onnx.ModelProto:
        """Return the whole."""
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name, shape in
                  (("tokens", ["messages", "places"]), ("lengths", ["messages"]), ("sizes", ["messages"]))]  # fmt: skip
        made = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["messages", wide]) for name, wide in outputs]
        weights = [numpy_helper.from_array(value, name) for name, value in self.weights.items()]
        graph = helper.make_graph(self.nodes, "deep", inputs, made, weights)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
        whole = helper.make_model(graph, opset_imports=opsets, ir_version=IR, producer_name="nearer")
        onnx.checker.check_model(whole)
        return whole


def ranges(model: Bert, batches: Iterable[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]) -> Ranges:
    """Return, column by column, the least and the greatest of what goes into each matrix."""
    found: Ranges = {}

    def watch(name: str) -> Any:
        def look(_: nn.Module, inputs: tuple[torch.Tensor]) -> None:
            seen = inputs[0].flatten(0, 1).numpy()
            low, high = found.get(name, (0.0, 0.0))
            found[name] = np.minimum(low, seen.min(0)), np.maximum(high, seen.max(0))

        return look

    lines = [(f"{number}.{line}", getattr(layer, line)) for number, layer in enumerate(model.layers) for line in LINES]
    hooks = [line.register_forward_pre_hook(watch(name)) for name, line in lines]
    with torch.inference_mode():
        for tokens, lengths, sizes in batches:
            model.pooled(tokens, lengths, sizes)
    for hook in hooks:
        hook.remove()
    return found


def build(model: Bert, curves: dict[str, tuple[np.ndarray, np.ndarray]], within: Ranges | None) -> onnx.ModelProto:
    """Return the graph: logits of emotions and acts, with slope and shift of their curves; eight bits where ranges are given."""
    graph = Graph()
    graph.keep("zero", np.int64([0])), graph.keep("one", np.int64([1]))
    places = graph.add("Range", graph.keep("from", np.int64(0)), _size(graph, "tokens", 1), graph.keep("by", np.int64(1)))
    message, there = (graph.add("Less", places, graph.add("Unsqueeze", name, "one")) for name in ("lengths", "sizes"))
    mask = graph.add("Cast", there, to=TensorProto.INT32)
    x = _embedded(graph, model, places=places, second=graph.add("And", graph.add("Not", message), there))
    whole = round(WHOLE * len(model.layers))
    for number in range(whole):
        x = _layer(graph, model, number, x=x, past=x, mask=mask, within=within)
    past, x, mine = x, _own(graph, x), _own(graph, message)
    for number in range(whole, len(model.layers)):
        past = _with(graph, x, past=past, mine=mine) if number > whole else past
        x = _layer(graph, model, number, x=x, past=past, mask=mask, within=within)
    weight = graph.add("Cast", mine, to=TensorProto.FLOAT)
    summed = graph.add(
        "ReduceSum", graph.add("Mul", x, graph.add("Unsqueeze", weight, graph.keep("end", np.int64([-1])))), "one", keepdims=0
    )
    pooled = graph.add("Div", summed, graph.add("ReduceSum", weight, "one"))
    outputs = []
    for name, (slope, shift) in curves.items():
        head = getattr(model, name)
        matrix, bias = _array(head.weight).T * slope, _array(head.bias) * slope + shift
        graph.add("Gemm", pooled, graph.keep(f"{name}.weight", _plain(matrix)), graph.keep(f"{name}.bias", _plain(bias)))
        graph.nodes[-1].output[0] = name
        outputs.append((name, matrix.shape[1]))
    return graph.model(outputs)


def _embedded(graph: Graph, model: Bert, *, places: str, second: str) -> str:
    """Add words in eight bits with a scale each, places and segments."""
    table = _array(model.words.weight)
    scale = np.abs(table).max(1, keepdims=True) / 127 + 1e-12
    words = graph.add(
        "Cast", graph.add("Gather", graph.keep("words", np.round(table / scale).astype(np.int8)), "tokens"), to=TensorProto.FLOAT
    )
    words = graph.add("Mul", words, graph.add("Gather", graph.keep("words.scale", _plain(scale)), "tokens"))
    known = _array(model.places.weight)[: MESSAGE_TOKENS + BEFORE_TOKENS + 1]
    where = graph.add("Gather", graph.keep("places", _plain(known)), places)
    segment = graph.add(
        "Gather", graph.keep("segments", _plain(_array(model.segments.weight))), graph.add("Cast", second, to=TensorProto.INT32)
    )
    x = graph.add("Add", graph.add("Add", words, where), segment)
    return graph.add("LayerNormalization", x, *_norm(graph, model.norm, "norm"), axis=-1, epsilon=EPSILON)


def _with(graph: Graph, x: str, *, past: str, mine: str) -> str:
    """Put the message's own tokens, which went on, among those of the past, which did not."""
    longest = graph.add("ReduceMax", "lengths", keepdims=1)
    rest = graph.add("Slice", past, longest, graph.keep("last", np.int64([np.iinfo(np.int64).max])), "one")
    own = graph.add("Where", graph.add("Unsqueeze", mine, graph.keep("end", np.int64([-1]))), x, _own(graph, past))
    return graph.add("Concat", own, rest, axis=1)


def _layer(graph: Graph, model: Bert, number: int, *, x: str, past: str, mask: str, within: Ranges | None) -> str:
    """Add one layer: the tokens `x` listen to all of `past`."""
    layer: Any = model.layers[number]
    mixed, out, up, down = (Line(graph, f"{number}.{name}", getattr(layer, name), within) for name in LINES)
    wide = layer.out.in_features
    asks, told = mixed.takes(x), mixed.takes(past)
    three = [mixed.times(of, slice(start, start + wide)) for of, start in ((asks, 0), (told, wide), (told, 2 * wide))]
    seen = graph.add("MultiHeadAttention", *three, mixed.bias, mask, domain=CONTRIB, num_heads=layer.heads)
    x = _skip(graph, f"{number}.norm", layer.norm, out.times(out.takes(seen)), x, out.bias)
    inner = graph.add("BiasGelu", up.times(up.takes(x)), up.bias, domain=CONTRIB)
    return _skip(graph, f"{number}.norm2", layer.norm2, down.times(down.takes(inner)), x, down.bias)


class Line:
    """One matrix of a layer with its bias, in eight bits where it is known within what its inputs lie."""

    def __init__(self, graph: Graph, name: str, line: nn.Linear, within: Ranges | None) -> None:
        self.graph, self.name, self.weight, self.is_small = graph, name, _array(line.weight).T, within is not None
        self.bias = graph.keep(f"{name}.bias", _plain(_array(line.bias)))
        if within is not None:
            low, high = within[name]
            even = np.sqrt(np.maximum(np.maximum(-low, high), LEAST))
            self.weight = self.weight * even[:, None]
            least, most = (low / even).min(), (high / even).max()
            step = (most - least) / INPUT_MAX
            self.even = graph.keep(f"{name}.even", _plain(1 / even))
            self.at = graph.keep(f"{name}.step", np.float32(step)), graph.keep(f"{name}.null", np.uint8(round(-least / step)))

    def takes(self, x: str) -> str:
        """Add x as the matrix takes it."""
        return self.graph.add("QuantizeLinear", self.graph.add("Mul", x, self.even), *self.at) if self.is_small else x

    def times(self, x: str, columns: slice = slice(None)) -> str:
        """Add what `takes` made, times some columns of the matrix."""
        weight, name = self.weight[:, columns], f"{self.name}.{columns.start or 0}"
        if not self.is_small:
            return self.graph.add("MatMul", x, self.graph.keep(name, _plain(weight)))
        scale = np.abs(weight).max(0) / WEIGHT_MAX
        small = self.graph.keep(name, np.round(weight / scale).astype(np.int8))
        scales = self.graph.keep(f"{name}.scale", _plain(scale))
        return self.graph.add("MatMulIntegerToFloat", x, small, self.at[0], scales, self.at[1], domain=CONTRIB)


def _skip(graph: Graph, name: str, norm: nn.LayerNorm, x: str, more: str, bias: str) -> str:
    """Add a sum and its norm."""
    return graph.add("SkipLayerNormalization", x, more, *_norm(graph, norm, name), bias, domain=CONTRIB, epsilon=EPSILON)


def _norm(graph: Graph, norm: nn.LayerNorm, name: str) -> tuple[str, str]:
    return graph.keep(f"{name}.weight", _plain(_array(norm.weight))), graph.keep(f"{name}.bias", _plain(_array(norm.bias)))


def _own(graph: Graph, x: str) -> str:
    """Add the places up to the longest message of the batch."""
    longest = graph.add("ReduceMax", "lengths", keepdims=1)
    return graph.add("Slice", x, "zero", longest, "one")


def _size(graph: Graph, name: str, axis: int) -> str:
    return graph.add("Squeeze", graph.add("Shape", name, start=axis, end=axis + 1))


def _array(weight: torch.Tensor) -> np.ndarray:
    return weight.detach().numpy()


def _plain(value: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(value, np.float32)
