"""Where a consultation is kept until it ends: sealed, in memory only, under a key that dies with it."""

from kiskriv.vault.erasure import ErasedArtefact, Erasure, Method, Place
from kiskriv.vault.sound import SealedSound
from kiskriv.vault.vault import Artefact, Vault

__all__ = ["Artefact", "ErasedArtefact", "Erasure", "Method", "Place", "SealedSound", "Vault"]
