"""A model folder is what its manifest says, or it is not used (R6)."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from kiskriv.errors import ModelChanged, ModelError, ModelMissing
from kiskriv.weights import DIARIZATION, MANIFEST, WHISPER, WRITER, Needed, bundled, demo_material, pin, verify

ALONE = tuple(names for names in WRITER if names[-1] == names[0] or names[-1] == "vocabulary.txt")
"""What of a language model has no other file to stand for it."""

EACH_FILE = pytest.mark.parametrize(
    ("needed", "file"),
    [(needed, names[0]) for needed in (WHISPER, DIARIZATION) for names in needed]
    + [(WRITER, names[0]) for names in ALONE],
)


@pytest.fixture
def needed() -> Needed:
    return WHISPER


@pytest.fixture
def unpinned(tmp_path: Path, needed: Needed) -> Path:
    folder = tmp_path / "modell"
    for file, *_ in needed:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(f"contents of {file}".encode() * 100)
    return folder


@pytest.fixture
def folder(unpinned: Path) -> Path:
    pin(unpinned, name='a "quoted" name', licence="Apache-2.0", source="https://example.org/\\modell")
    return unpinned


def test_a_pinned_folder_verifies(folder: Path) -> None:
    model = verify(folder)
    assert (model.folder, model.name, model.licence) == (folder, 'a "quoted" name', "Apache-2.0")
    assert model.digest == hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


@pytest.mark.parametrize("needed", [DIARIZATION])
def test_a_folder_that_tells_voices_apart_is_pinned_with_all_that_lies_below_it(folder: Path, needed: Needed) -> None:
    assert verify(folder, needed).folder == folder
    assert '"segmentation/pytorch_model.bin" = ' in (folder / MANIFEST).read_text()


@pytest.mark.parametrize("needed", [DIARIZATION])
def test_it_is_no_model_of_whispers(folder: Path) -> None:
    with pytest.raises(ModelMissing, match=r"model\.bin"):
        verify(folder)


def test_other_files_beside_are_no_matter(folder: Path) -> None:
    (folder / "README.md").write_text("A model card.")
    assert verify(folder).licence == "Apache-2.0"


@EACH_FILE
def test_a_missing_file_is_named(folder: Path, needed: Needed, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(ModelMissing, match=file):
        verify(folder, needed)


@EACH_FILE
def test_a_truncated_file_is_named(folder: Path, needed: Needed, file: str) -> None:
    (folder / file).write_bytes((folder / file).read_bytes()[:-1])
    with pytest.raises(ModelChanged, match=file):
        verify(folder, needed)


@EACH_FILE
def test_a_flipped_bit_is_found(folder: Path, needed: Needed, file: str) -> None:
    octets = bytearray((folder / file).read_bytes())
    octets[len(octets) // 2] ^= 1
    (folder / file).write_bytes(octets)
    with pytest.raises(ModelChanged, match=file):
        verify(folder, needed)


@EACH_FILE
def test_a_manifest_that_leaves_a_needed_file_out_is_refused(folder: Path, needed: Needed, file: str) -> None:
    lines = (folder / MANIFEST).read_text().splitlines()
    (folder / MANIFEST).write_text("\n".join(line for line in lines if file not in line))
    with pytest.raises(ModelMissing, match=file):
        verify(folder, needed)


def test_the_older_vocabulary_will_do(unpinned: Path) -> None:
    (unpinned / "vocabulary.json").rename(unpinned / "vocabulary.txt")
    pin(unpinned, name="old", licence="MIT", source="-")
    assert verify(unpinned).name == "old"


@pytest.mark.parametrize("needed", [WRITER])
@pytest.mark.parametrize("file", ["chat_template.jinja", "generation_config.json"])
def test_a_file_that_would_be_read_instead_of_a_pinned_one_is_a_change(
    unpinned: Path, needed: Needed, file: str
) -> None:
    content = (unpinned / file).read_bytes()
    (unpinned / file).unlink()
    pin(unpinned, name="writer", licence="MIT", source="-")
    assert verify(unpinned, needed).name == "writer"
    (unpinned / file).write_bytes(content)
    with pytest.raises(ModelChanged, match=file):
        verify(unpinned, needed)


def test_a_folder_without_manifest_is_refused(unpinned: Path) -> None:
    with pytest.raises(ModelMissing, match=r"manifest\.toml"):
        verify(unpinned)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"manifest\.toml"):
        verify(tmp_path / "pasient")


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[model]",
        b"\xff\xfe",
        b"model = 1\nfiles = 2",
        b'[model]\nname = 1\nlicence = "MIT"\n[files]\n',
        b'[model]\nlicence = "MIT"\n[files]\n',
        b'[model]\nname = "a"\nlicence = "MIT"\n[files]\n"../model.bin" = "00"',
        b'[model]\nname = "a"\nlicence = "MIT"\n[files]\n"plda/../../model.bin" = "00"',
        b'[model]\nname = "a"\nlicence = "MIT"\n[files]\n"/model.bin" = "00"',
        b'[model]\nname = "a"\nlicence = "MIT"\n[files]\n"/etc/passwd" = "00"',
    ],
)
def test_a_manifest_that_is_none_is_refused(folder: Path, manifest: bytes) -> None:
    (folder / MANIFEST).write_bytes(manifest)
    with pytest.raises(ModelError, match="not a manifest"):
        verify(folder)


def test_a_manifest_is_not_overwritten_unasked(folder: Path) -> None:
    before = (folder / MANIFEST).read_bytes()
    with pytest.raises(ModelError, match="already"):
        pin(folder, name="other", licence="MIT", source="-")
    assert (folder / MANIFEST).read_bytes() == before
    pin(folder, name="other", licence="MIT", source="-", force=True)
    assert verify(folder).name == "other"


@EACH_FILE
def test_an_incomplete_folder_is_not_pinned(unpinned: Path, file: str) -> None:
    (unpinned / file).unlink()
    with pytest.raises(ModelMissing, match=file):
        pin(unpinned, name="half", licence="MIT", source="-")
    assert not (unpinned / MANIFEST).exists()


def test_errors_name_no_folder(tmp_path: Path, unpinned: Path) -> None:
    for folder in (tmp_path / "pasient", unpinned):
        with pytest.raises(ModelError) as raised:
            verify(folder)
        assert str(folder) not in repr(raised.value) + str(raised.value) + raised.value.advice


def test_what_ships_lies_beside_the_package_in_a_checkout() -> None:
    checkout = Path(__file__).parents[1]
    assert bundled() == checkout / "models" / "demo-no"
    assert demo_material() == checkout / "demo"


def test_what_ships_lies_inside_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "kiskriv"
    for folder in (package / "models" / "demo-no", package / "demo"):
        folder.mkdir(parents=True)
    monkeypatch.setattr("kiskriv.weights.__file__", str(package / "weights.py"))
    assert bundled() == package / "models" / "demo-no"
    assert demo_material() == package / "demo"


def test_the_bundled_model_is_what_its_manifest_says() -> None:
    if not (bundled() / "model.bin").is_file():
        pytest.skip("models/demo-no holds no model: run scripts/train-demo-model")
    assert len(verify(bundled()).digest) == 64


def test_a_link_out_of_the_folder_is_refused_before_an_engine_could_not_follow_it(unpinned: Path) -> None:
    outside = unpinned.parent / "blobs"
    (unpinned / "model.bin").rename(outside)
    (unpinned / "model.bin").symlink_to(outside)
    with pytest.raises(ModelError, match="link out of its folder"):
        pin(unpinned, name="linked", licence="MIT", source="-")


def test_a_link_within_the_folder_is_followed(unpinned: Path) -> None:
    (unpinned / "model.bin").rename(unpinned / "weights")
    (unpinned / "model.bin").symlink_to("weights")
    pin(unpinned, name="linked", licence="MIT", source="-")
    assert verify(unpinned).name == "linked"
