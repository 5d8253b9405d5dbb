"""Where sound comes from, and where a stretch of it is heard again.

files        a sound file as a source                  microphone   a microphone as a source
devices      what the sound system knows               loudspeaker  sound that is played
chunks       what both sources share                   soundserver  which microphone is behind "default"

PyAV and sounddevice are imported when they are needed: sounddevice fails at import where there is no PortAudio.
"""

from kiskriv.capture.chunks import FILE_CHUNK, LIVE_CHUNK
from kiskriv.capture.devices import microphones
from kiskriv.capture.files import AudioFile
from kiskriv.capture.loudspeaker import Loudspeaker
from kiskriv.capture.microphone import Microphone

__all__ = ["FILE_CHUNK", "LIVE_CHUNK", "AudioFile", "Loudspeaker", "Microphone", "microphones"]
