"""The process that holds the weights: windows of sound in, words out, and nothing kept."""

from kiskriv.engine.worker import Worker

__all__ = ["Worker"]
