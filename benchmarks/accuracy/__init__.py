"""What the figures say of simulated worlds, against what really happened in them.

python -m benchmarks.accuracy [--seeds N] [--days N] [--jobs N]
"""
