"""python run_pytorch.py INPUT OUTPUT MODEL THREADS: the script that people write for PyTorch."""

import sys

import numpy as np
import torch
from PIL import Image

from reference import compare

source, target, model, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
network = compare.load(model).float()
picture = np.asarray(Image.open(source).convert("RGB"), np.float32) / 255
with torch.inference_mode():
    output = network(torch.from_numpy(picture.transpose(2, 0, 1).copy())[None])[0]
    output = output.clamp(0, 1).mul(255).round().byte().permute(1, 2, 0).numpy()
Image.fromarray(output).save(target)
