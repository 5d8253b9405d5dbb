"""A model folder of CTranslate2's is loaded and writes: the model is small, and all else is real."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from kiskriv.draft.clinic import load
from kiskriv.draft.prompt import Message, Request
from kiskriv.draft.reply import OPENING
from kiskriv.draft.writer import LanguageModelWriter
from kiskriv.errors import ConfigError, ModelError, ModelMissing, WriterSlow, WriterUnfit, WriterUnreachable
from kiskriv.writer.chat import Chat
from kiskriv.writer.generator import Generator
from tests.draft import small_model
from tests.draft.consultations import DRAFT, FORM, GOOD, reply, transcript

JINJA = pytest.mark.skipif(find_spec("jinja2") is None, reason="the extra `writer` is not installed")
REST = reply().removeprefix(OPENING)
MESSAGES = (Message("system", "Regler."), Message("user", "Samtale – æøå."))

pytestmark = JINJA


def request(tokens: int = 500, seconds: float = 30.0) -> Request:
    return Request(MESSAGES, tokens, seconds, OPENING, {})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_model.write(tmp_path_factory.mktemp("model") / "good", REST, opening=OPENING)


@pytest.fixture(scope="module")
def endless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_model.write(tmp_path_factory.mktemp("model") / "endless", REST, opening=OPENING, ends=False)


def loaded(folder: Path, context: int = 8192) -> Generator:
    return Generator(folder, "ab" * 32, context, compute_type="float32", threads=1)


def test_it_goes_on_after_the_opening_until_its_turn_ends(folder: Path) -> None:
    pieces = list(loaded(folder).write(request()))
    assert pieces[0] == OPENING
    assert "".join(pieces) == reply()
    assert len(pieces) > 100


def test_a_note_comes_from_it(folder: Path) -> None:
    writer = LanguageModelWriter(loaded(folder), load(), 30)
    notes = list(writer.write(transcript(), FORM, DRAFT))
    assert [statement.text for statement in notes[-1].statements] == [text for _, _, text in GOOD]
    assert [len(note.statements) for note in notes] == [1, 2, 3, 3]


def test_it_computes_in_the_type_that_the_settings_say(folder: Path) -> None:
    assert "".join(Generator(folder, "ab", 8192, compute_type="int8", threads=1).write(request())) == reply()
    with pytest.raises(ConfigError, match="float17"):
        Generator(folder, "ab", 8192, compute_type="float17", threads=1)


def test_it_counts_its_own_tokens(folder: Path) -> None:
    assert loaded(folder).tokens("Samtale – æøå.<|im_end|>") == 15


def test_what_does_not_end_is_stopped(endless: Path) -> None:
    with pytest.raises(WriterUnfit, match="not come to an end"):
        list(loaded(endless).write(request(tokens=300)))


def test_its_time_is_limited(endless: Path) -> None:
    with pytest.raises(WriterSlow):
        list(loaded(endless).write(request(tokens=7000, seconds=0.0)))


def test_what_is_longer_than_its_context_is_not_asked(folder: Path) -> None:
    with pytest.raises(WriterUnfit, match="longer than the model can read"):
        list(loaded(folder, context=550).write(request()))


def test_who_leaves_it_or_does_not_want_it_any_more_is_let_go(endless: Path) -> None:
    model = loaded(endless)
    for let_go in (lambda steps: steps.close(), lambda steps: model.cease()):
        steps = model.write(request(tokens=7000))
        for _ in range(9):
            next(steps)
        let_go(steps)
    with pytest.raises(WriterUnreachable):
        list(steps)


@pytest.mark.parametrize("file", ["tokenizer.json", "tokenizer_config.json", "model.bin"])
def test_a_folder_that_lacks_something_or_holds_rubbish_is_an_error(folder: Path, file: str, tmp_path: Path) -> None:
    for content in (None, "rubbish"):
        for each in folder.iterdir():
            (tmp_path / each.name).write_bytes(each.read_bytes())
        (tmp_path / file).unlink()
        if content is not None:
            (tmp_path / file).write_text(content)
        with pytest.raises(ModelError):
            loaded(tmp_path)


# -- chat templates, as the families have them ---------------------------------------------------------------------------------------

LLAMA3 = (
    "{{- bos_token }}{%- if not date_string is defined %}{%- set date_string = strftime_now('%Y') %}{%- endif %}"
    "{%- for m in messages %}{{- '<|start_header_id|>' + m['role'] + '<|end_header_id|>\n\n'+ m['content'] | trim + '<|eot_id|>' }}"
    "{%- endfor %}{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{%- endif %}"
)
MISTRAL = (
    "{{ bos_token }}{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('roles must alternate') }}{% endif %}{{ '[INST] ' + m['content'] + ' [/INST]' }}{% endfor %}"
)
GEMMA = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for m in messages %}{{ '<start_of_turn>' + m['role'] + '\n' + m['content'] | trim + '<end_of_turn>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}"
)
QWEN = (
    "{%- for m in messages %}{{- '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>' + '\n' }}{%- endfor %}"
    "{{- '<|im_start|>assistant\n' }}"
    "{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\n\n</think>\n\n' }}{%- endif %}"
)


@pytest.fixture
def chat(tmp_path: Path) -> Callable[..., Chat]:
    def made(template: object, file: str | None = None, **config: object) -> Chat:
        signs = {"bos_token": "<s>", "eos_token": {"content": "</s>"}}
        (tmp_path / "tokenizer_config.json").write_text(json.dumps({**signs, "chat_template": template, **config}))
        if file is not None:
            (tmp_path / "chat_template.jinja").write_text(file)
        return Chat(tmp_path)

    return made


@pytest.mark.parametrize(
    ("template", "rendered"),
    [
        (
            LLAMA3,
            "<|end_header_id|>\n\nRegler.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nSamtale – æøå.<|eot_id|>",
        ),
        (MISTRAL, "<s>[INST] Regler.\n\nSamtale – æøå. [/INST]"),
        (GEMMA, "<s><start_of_turn>user\nRegler.\n\nSamtale – æøå.<end_of_turn>\n<start_of_turn>model\n"),
        (
            QWEN,
            "<|im_start|>system\nRegler.<|im_end|>\n<|im_start|>user\nSamtale – æøå.<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>",
        ),
        ([{"name": "tool_use", "template": "x"}, {"name": "default", "template": MISTRAL}], "<s>[INST] Regler."),
    ],
)
def test_each_family_is_asked_as_it_was_taught(chat: Callable[..., Chat], template: object, rendered: str) -> None:
    assert rendered in chat(template).prompt(MESSAGES)


def test_a_template_in_a_file_of_its_own_is_the_one(chat: Callable[..., Chat]) -> None:
    assert chat(GEMMA, file=MISTRAL).prompt(MESSAGES).endswith("[/INST]")


@pytest.mark.parametrize(
    "template",
    [
        "{{ messages.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ messages.append(1) }}",
        "{% for x in range(10**9) %}{% endfor %}",
        "{{ raise_exception('no') }}",
        "{% include '/etc/passwd' %}",
        "{{ undefined_thing.x }}",
        "{{ messages[9].content }}",
        "{{ 1 // 0 }}",
    ],
)
def test_a_template_that_reaches_out_or_refuses_is_an_error(chat: Callable[..., Chat], template: str) -> None:
    with pytest.raises(ModelError):
        chat(template)


@pytest.mark.parametrize("template", [None, 7, [], "{% for %}", [{"name": "rag", "template": "x"}]])
def test_a_template_that_is_none_is_an_error(chat: Callable[..., Chat], template: object) -> None:
    with pytest.raises(ModelError):
        chat(template)


def test_every_token_that_ends_a_turn_is_known(chat: Callable[..., Chat], tmp_path: Path) -> None:
    number = {"</s>": 2}.get
    assert chat(QWEN).ends(number) == [2]
    (tmp_path / "generation_config.json").write_text('{"eos_token_id": [1, 106]}')
    assert chat(QWEN).ends(number) == [1, 2, 106]
    (tmp_path / "generation_config.json").write_text('{"eos_token_id": 7}')
    assert chat(QWEN, eos_token="</x>").ends(number) == [7]


def test_a_missing_config_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"tokenizer_config\.json"):
        Chat(tmp_path)
