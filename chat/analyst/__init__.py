"""The built-in data analyst: reads a file, understands a question about it and computes the answer.

Only `pool` belongs into the serving process; it starts `worker` processes, which import everything else.
"""
