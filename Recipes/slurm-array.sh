#!/bin/bash
# A Slurm array job: each task does its part of the pictures.
#
#   INPUT=/data/photos OUTPUT=/data/photos-4x sbatch --array=1-16 slurm-array.sh
#
# Tasks that fail or run out of time can be queued again as they are: what is done stays done.
#SBATCH --job-name=upscale
#SBATCH --array=1-8
#SBATCH --cpus-per-task=8
#SBATCH --mem=8G
#SBATCH --time=08:00:00
#SBATCH --signal=TERM@30

# The part is that of SLURM_ARRAY_TASK_ID; threads and memory are those of the task's cgroup.
exec "${UPSCALE:-upscale}" batch "${INPUT:?the folder of pictures}" \
  "${OUTPUT:?the folder for the outputs}" --shard auto ${OPTIONS:-}
