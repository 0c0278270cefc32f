"""The desk: landtrack in the browser of one person on one computer.

A request is parsed, calls one use case of ``app``, and is answered with a page; what takes long is
a job, a process of its own. Nothing here is built twice: the page of a map is the map of the run.
"""
