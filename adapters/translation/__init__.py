"""Programs that draft the English of what people wrote: one on this machine, or a server like LibreTranslate.

Neither is used unless the configuration names it. Begin with `program`; `server` is the same over HTTP.
"""

from adapters.translation.program import TranslationProgram
from adapters.translation.server import ServerSettings, TranslationServer

__all__ = ["ServerSettings", "TranslationProgram", "TranslationServer"]
