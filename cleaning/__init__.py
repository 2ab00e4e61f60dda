"""What becomes of a file before it is sealed: what it is, its metadata gone, a virus found.

Both sites take files in; neither may import the other, so what they share stands here. It knows
no site, no case and no key.
"""
