"""The peers, in this process.

Each is a function (model, height, width, threads) that returns a function from a
(1, 3, height, width) float32 array to the output array, ready to be timed.
"""

import os
import sys
import tempfile
import warnings

import torch

import machine
import ncnn_model
from reference import compare


def pytorch(memory_format):
    def prepare(model, height, width, threads):
        torch.set_num_threads(threads)
        ready = compare.load(model).float().to(memory_format=memory_format)

        def run(x):
            with torch.inference_mode():
                return ready(torch.from_numpy(x).to(memory_format=memory_format)).numpy()

        return run

    return prepare


EXPORTED = tempfile.TemporaryDirectory()


def exported(model):
    """The path of a bundled model as ONNX, for pictures of any size; made once a run."""
    path = f"{EXPORTED.name}/{model}.onnx"
    if not os.path.exists(path):
        axes = {"x": {2: "height", 3: "width"}, "y": {2: "rows", 3: "columns"}}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                compare.load(model).float(), (torch.zeros(1, 3, 16, 16),), path,
                input_names=["x"], output_names=["y"], dynamic_axes=axes, dynamo=False,
                opset_version=17, do_constant_folding=False,
            )
    return path


def openvino(precision):
    def prepare(model, height, width, threads):
        import openvino as ov

        core = ov.Core()
        network = core.read_model(exported(model))
        network.reshape([1, 3, height, width])
        options = {
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY",
        }
        compiled = core.compile_model(network, "CPU", options)
        if precision == "bf16" and not machine.has_bf16():
            raise RuntimeError("this CPU has no bf16: it would be emulated, slower than f32")
        # It is a hint: some CPUs run the same network in f32.
        if compiled.get_property("INFERENCE_PRECISION_HINT") != getattr(ov.Type, precision):
            raise RuntimeError(f"this CPU has no {precision}")
        request = compiled.create_infer_request()
        return lambda x: request.infer([x], share_inputs=True, share_outputs=True)[0]

    return prepare


def onnx_runtime(model, height, width, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_free_dimension_override_by_name("height", height)
    options.add_free_dimension_override_by_name("width", width)
    providers = ["CPUExecutionProvider"]
    session = onnxruntime.InferenceSession(exported(model), options, providers=providers)
    return lambda x: session.run(None, {"x": x})[0]


def ncnn(is_default):
    def prepare(model, height, width, threads):
        import ncnn as engine

        net = engine.Net()
        net.opt.num_threads = threads
        net.opt.use_vulkan_compute = False
        if not is_default:
            net.opt.use_fp16_packed = False
            net.opt.use_fp16_storage = False
            net.opt.use_fp16_arithmetic = False
            net.opt.use_bf16_storage = False
        ncnn_model.load(net, model)
        return lambda x: ncnn_model.forward(net, x[0])[None]

    return prepare


ENGINES = {
    "OpenVINO f32": openvino("f32"),
    "OpenVINO bf16": openvino("bf16"),
    "ncnn fp32": ncnn(False),
    "ncnn default": ncnn(True),
    "ONNX Runtime": onnx_runtime,
    "PyTorch": pytorch(torch.contiguous_format),
    "PyTorch channels_last": pytorch(torch.channels_last),
}


def precision(name):
    """The precision that an engine of ENGINES computes in."""
    return "bf16" if name.endswith("bf16") else "f32"


def prepare_all(names, model, height, width, threads):
    """The engines that work here; those that do not are named on stderr."""
    ready = {}
    for name in names:
        try:
            ready[name] = ENGINES[name](model, height, width, threads)
        except Exception as error:  # One engine that fails must not end the comparison.
            print(f"{name} is left out for {model}: {error}", file=sys.stderr)
    return ready
