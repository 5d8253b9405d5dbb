"""Makes synthetic Norwegian speech and trains the demo model from it; never sees session data.

This package stands beside the product, not inside it: the product has no training path (R6). Everything
here starts from sentences that we wrote and from a speech synthesiser; it opens no recording.
"""
