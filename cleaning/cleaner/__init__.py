"""Takes hidden information out of files, in processes that have nothing to lose.

A program of its own, which the rest of portal starts and never imports; it
imports nothing of ours. See server.py.
"""
