"""What the registry knows of a CI that a reader needs: whom to ask, what to type, where to read on."""

import msgspec


class Entry(msgspec.Struct, frozen=True):
    """Each None where the registry does not say."""

    contact: str | None = None
    recheck: str | None = None
    page: str | None = None
    organization: str | None = None


def find(registry, name):
    """The :class:`Entry` of the CI called *name*.

    :param registry: a :class:`~ciwatch.registry.model.Registry`.
    """
    system = registry.systems.get(name)
    if system is None:
        return Entry()
    told = (system.contact, system.recheck, system.page, system.organization)
    return Entry(*(text or None for text in told))
