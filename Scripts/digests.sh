#!/bin/sh
# Digests of training: a short sweep's records, then norms of every step and losses on wider and sparser data. They are the same on
# every machine, at any vector width.
#
#   sh Scripts/digests.sh .build/release/refinery
set -eu
export LC_ALL=C
refinery=$1
datasets=$(dirname "$0")/../datasets
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
digest() { sha256sum | cut -d ' ' -f 1; }
# What a run ends with: the quantities that every version records.
outcomes() { grep -oE '"(problem|optimizer|schedule|learning_rate|seed|train_error|train_loss)" *: *[^,}]*' "$@" | tr -d ' '; }

mkdir "$work/datasets"
cp "$datasets/iris.scale.gz" "$datasets/wine.scale.gz" "$datasets/glass.scale.gz" "$work/datasets"
"$refinery" sweep --data "$work/datasets" --seeds 3 --epochs 10 --results "$work/results" --quiet
echo "sweep $(sed 's/^{"key":"[^"]*",//' "$work"/results/*.jsonl | sort | outcomes | digest)"
for path in dense sparse; do
  for optimizer in sgd adam; do
    "$refinery" train --data "$datasets/dna.scale.gz" --optimizer $optimizer --lr 0.01,0.1 --epochs 2 --path $path \
      --norms "$work/norms.npy" --json > "$work/losses.json"
    echo "dna $optimizer $path $(digest < "$work/norms.npy") $(outcomes "$work/losses.json" | digest)"
  done
done
