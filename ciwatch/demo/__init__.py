"""A simulated Gerrit: the CI systems of known character, the world they live in, the comments they write.

It imports nothing of CI Watch: what it writes is what a real server would send, and what it knows of the
truth is what the figures of CI Watch are tested against.
"""
