"""Sealed memory: nothing in the clear, nothing exchanged, nothing left."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiskriv.errors import VaultErased, VaultTampered
from kiskriv.vault import Artefact, Method, SealedSound, Vault

SECRET = b"Pasienten opplyser at"


def filled() -> Vault:
    vault = Vault()
    for _ in range(3):
        vault.seal(Artefact.TRANSCRIPT, bytearray(SECRET))
    vault.seal(Artefact.DRAFT, bytearray(SECRET))
    return vault


def test_what_is_kept_is_ciphertext_and_what_was_given_is_wiped() -> None:
    vault, given_away = Vault(), bytearray(SECRET)
    place = vault.seal(Artefact.TRANSCRIPT, given_away)
    assert given_away == bytes(len(SECRET))
    assert all(SECRET[:4] not in sealed for _, sealed in vault._everything())
    assert vault.open(Artefact.TRANSCRIPT, place) == SECRET


def test_equal_material_never_looks_equal() -> None:
    sealed = [bytes(octets) for _, octets in filled()._everything()]
    assert len(set(sealed)) == len(sealed)


@pytest.mark.parametrize("octet", [0, 10, -1])
def test_a_changed_record_does_not_open(octet: int) -> None:
    vault = filled()
    vault._records[Artefact.TRANSCRIPT][1][1][octet] ^= 1
    with pytest.raises(VaultTampered):
        vault.open(Artefact.TRANSCRIPT, 1)


def test_a_record_cannot_stand_in_for_another() -> None:
    vault = filled()
    first, second = vault._records[Artefact.TRANSCRIPT][:2]
    vault._records[Artefact.TRANSCRIPT][0] = (first[0], second[1])
    with pytest.raises(VaultTampered):
        vault.open(Artefact.TRANSCRIPT, 0)
    vault._records[Artefact.AUDIO] = vault._records[Artefact.DRAFT]
    with pytest.raises(VaultTampered):
        vault.open(Artefact.AUDIO, 0)


def test_erasing_destroys_the_key_overwrites_and_verifies() -> None:
    vault = filled()
    buffers = [sealed for _, sealed in vault._everything()]
    erasure = vault.erase(others={Artefact.SPEAKERS: 40})
    assert all(buffer == bytes(len(buffer)) for buffer in buffers)
    assert (erasure.verified, erasure.residue) == (True, 0)
    assert erasure.methods == (Method.KEY_DESTROYED, Method.BUFFERS_OVERWRITTEN)
    assert {(a.artefact, a.count) for a in erasure.artefacts} == {("transcript", 3), ("draft", 1), ("speakers", 1)}
    with pytest.raises(VaultErased):
        vault.open(Artefact.DRAFT, 0)
    with pytest.raises(VaultErased):
        vault.seal(Artefact.DRAFT, bytearray(SECRET))


def test_a_copy_of_the_key_anywhere_in_memory_is_found() -> None:
    vault = filled()
    copy = bytearray(vault._key._page.octets[:32])
    erasure = vault.erase()
    assert copy.count(0) < len(copy)
    assert erasure.residue > 0 and not erasure.verified


def test_a_key_that_was_not_wiped_in_its_own_page_is_found() -> None:
    vault = filled()
    vault._key._page.wipe = lambda: None  # type: ignore[method-assign]
    erasure = vault.erase()
    assert erasure.residue >= 1 and not erasure.verified


def test_walking_through_records_wipes_behind_itself() -> None:
    opened = list(filled().all(Artefact.TRANSCRIPT))
    assert len(opened) == 3
    assert all(octets == bytes(len(SECRET)) for octets in opened)


def test_the_commitment_is_of_the_key_alone() -> None:
    assert Vault().commitment != Vault().commitment
    vault = Vault()
    before = vault.commitment
    vault.seal(Artefact.DRAFT, bytearray(SECRET))
    assert vault.commitment == before


@given(
    sizes=st.lists(st.integers(0, 400), min_size=1, max_size=12),
    channels=st.sampled_from([1, 2]),
    cuts=st.lists(st.integers(0, 2000), min_size=2, max_size=6),
)
def test_sound_comes_back_as_it_went_in_whatever_the_chunks(sizes: list[int], channels: int, cuts: list[int]) -> None:
    sound = SealedSound(Vault())
    whole = np.random.default_rng(0).uniform(-1, 1, (channels, sum(sizes))).astype(np.float32)
    at = 0
    for size in sizes:
        sound.append(whole[:, at : at + size])
        at += size
    assert sound.length == at
    edges = sorted(min(cut, at) for cut in cuts)
    spans = list(zip(edges[::2], edges[1::2], strict=False))
    expected = np.concatenate([whole.mean(axis=0)[a:b] for a, b in spans])
    assert np.abs(sound.read(spans)[0] - expected).max(initial=0) <= 1 / 32767
    for channel in range(channels):
        alone = np.concatenate([whole[channel, a:b] for a, b in spans])
        assert np.abs(sound.read(spans, channel)[0] - alone).max(initial=0) <= 1 / 32767


class Watched:
    """A copy that notes, at each step of its end, whether its vault can still be opened. `stuck`: its key cannot be reached."""

    def __init__(self, vault: Vault, *, stuck: bool = False) -> None:
        self._vault, self._stuck = vault, stuck
        self.steps: list[tuple[str, bool]] = []

    def write(self, artefact: Artefact, plaintext: bytearray) -> None:
        self._note("write")

    def revoke(self) -> None:
        self._note("revoke")
        if self._stuck:
            raise OSError

    def close(self) -> None:
        self._note("close")

    def remove(self) -> bool:
        self._note("remove")
        return True

    def residue(self) -> int | None:
        return 0

    def _note(self, step: str) -> None:
        self.steps.append((step, not self._vault._key._destroyed))


def test_the_copy_loses_its_key_before_the_vault_does_and_its_file_after() -> None:
    vault = filled()
    copy = Watched(vault)
    vault.adopt(copy, current=False)
    vault.destroy_key()
    assert copy.steps == [("revoke", True), ("remove", False)]


def test_a_copy_whose_key_cannot_be_reached_does_not_keep_the_vaults_alive() -> None:
    vault = filled()
    vault.adopt(Watched(vault, stuck=True), current=False)
    with pytest.raises(OSError):
        vault.destroy_key()
    assert vault._key._destroyed
    with pytest.raises(VaultErased):
        vault.open(Artefact.DRAFT, 0)


def test_a_copy_that_is_left_outlives_the_vault() -> None:
    vault = filled()
    copy = Watched(vault)
    vault.adopt(copy, current=True)
    vault.leave_copy()
    erasure = vault.erase()
    assert [step for step, _ in copy.steps] == ["close"]
    assert Method.SPOOL_REMOVED not in erasure.methods and erasure.verified
