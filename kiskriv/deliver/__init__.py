"""Where an approved note goes: the clipboard of the desktop or of the terminal, a folder, or the text stream of a script."""

from kiskriv.deliver.clipboard import Clipboard
from kiskriv.deliver.files import Folder, Stream
from kiskriv.deliver.history import history
from kiskriv.deliver.outlet import Place, Recalled

__all__ = ["Clipboard", "Folder", "Place", "Recalled", "Stream", "history"]
