"""Plots: inline SVG that is drawn on the server, with its text alternative, and no style of its own.

Each module draws one kind. Across, places are shares of the width, in per cent, and down they are pixels: so
a plot is as wide as its room, and its letters are as large on a phone as on a wall. Colours and hatching are
classes, which ``static/system.css`` paints; shapes that differ have another pattern or place, too, and not
only another colour.
"""
