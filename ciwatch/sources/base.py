"""The contract of a source, registered in the entry-point group ``ciwatch.sources``."""

import abc


class Source(abc.ABC):
    """Gives raw events."""

    #: The plugin's name; must equal its entry point's.
    name: str

    @abc.abstractmethod
    def lines(self):
        """An iterator of bytes objects, each one line of Gerrit's stream without its line end."""
