"""What the numbers mean: one module for each idea, pure functions over plain values.

None of them knows a database, and none a clock but the moment that is passed in. The definitions are those of
doc/source/user/figures.rst, which has a worked example for each.
"""
