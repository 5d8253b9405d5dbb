"""What is said between kiskriv's processes, and how.

values     frozen values as JSON, strictly        frames     messages on a stream, bounded
messages   all that can be said, and by whom      channel    one end of a line
answers    errors on their way                    remote     the same steps as `Session`, taken in another process
"""
