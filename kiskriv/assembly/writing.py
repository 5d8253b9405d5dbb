"""The language model of the settings, if there is one: in the engine, or behind an address. Nothing heavy is imported too early."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from kiskriv.config import Config
from kiskriv.errors import ConfigError
from kiskriv.weights import WRITER, described, verify
from kiskriv.writer import known_as
from kiskriv.writer.address import Address, address, connect, trust

if TYPE_CHECKING:
    from kiskriv.draft.writer import LanguageModelWriter, Model
    from kiskriv.engine import Author
    from kiskriv.room import ServerLine
    from kiskriv.writer.endpoint import Service
    from kiskriv.writer.generator import Generator


def server(config: Config) -> Address | None:
    """Where it answers, if it is a server's. Raises ConfigError."""
    named = config.writer
    if named.address and named.folder is not None:
        raise ConfigError(problem="[writer] names a folder and an address: one of them writes")
    return address(named.address, named.servers) if named.address else None


def author(config: Config) -> Author | None:
    """It as work for an engine, if it is in a folder. Raises ModelError, ConfigError."""
    from kiskriv.engine import Author

    model = _generator(config)
    return None if model is None else Author(model)


def for_room(config: Config) -> Callable[[ServerLine, bytes], LanguageModelWriter] | None:
    """What makes a room's writer, from its lines and its trace; every file of the clinic's is read now. Raises ConfigError, ModelError."""
    service, folder, context = _service(config), config.writer.folder, config.writer.context
    if service is None and folder is None:
        return None
    write = _writing(config)
    digest = "" if folder is None else _digest(config, described(folder, WRITER).digest)

    def made(lines: ServerLine, trace: bytes) -> LanguageModelWriter:
        from kiskriv.room import EngineWriter
        from kiskriv.writer.endpoint import Endpoint

        if service is not None:
            return write(Endpoint(service, lines.connect, lines.cease))
        return write(EngineWriter(lines, digest, context, trace))

    return made


def alone(config: Config) -> LanguageModelWriter | None:
    """A writer where one process does everything. Raises ConfigError, ModelError."""
    if (service := _service(config)) is not None:
        from kiskriv.writer.endpoint import Endpoint

        return _writing(config)(Endpoint(service, partial(connect, service.where)))
    model = _generator(config)
    return None if model is None else _writing(config)(model)


def _writing(config: Config) -> Callable[[Model], LanguageModelWriter]:
    """What makes a writer of a model, with the clinic's files as they are now."""
    from kiskriv.draft import clinic
    from kiskriv.draft.writer import LanguageModelWriter

    files = clinic.load(config.note.folder)
    return lambda model: LanguageModelWriter(model, files, config.writer.seconds)


def _digest(config: Config, manifest: str) -> str:
    """Of a folder's files, of what they are computed in, and of how they are asked."""
    return known_as(manifest, config.writer.compute_type)


def _service(config: Config) -> Service | None:
    where, named = server(config), config.writer
    if where is None:
        return None
    if where.tls and named.ca is None:
        raise ConfigError(
            problem="[writer] ca is missing: a server is asked over https with the clinic's own certificates"
        )
    from kiskriv.writer.endpoint import Service

    return Service(where, named.model, named.context, trust(named.ca) if where.tls and named.ca is not None else None)


def _generator(config: Config) -> Generator | None:
    named, speech = config.writer, config.model
    if named.folder is None or server(config) is not None:
        return None
    from kiskriv.writer.generator import Generator

    return Generator(
        named.folder,
        _digest(config, verify(named.folder, WRITER).digest),
        named.context,
        device=speech.device,
        compute_type=named.compute_type,
        threads=speech.threads,
    )
