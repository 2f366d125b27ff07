"""A contract for import-linter: what a library is good for is imported in one place only."""

from __future__ import annotations

from fnmatch import fnmatchcase

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OneHome(Contract):
    """Refuse direct imports of `libraries` by any module that is not at a `home`; both are glob patterns of names.

    A pattern stands for a module and all below it.
    """

    type_name = "one_home"

    libraries = fields.ListField(subfield=fields.StringField())
    homes = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        strays = [
            (importer, library)
            for library in sorted(graph.modules)
            if _is_in(library, self.libraries)
            for importer in sorted(graph.find_modules_that_directly_import(library))
            if not _is_in(importer, self.homes)
        ]
        return ContractCheck(kept=not strays, metadata={"strays": strays})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, library in check.metadata["strays"]:
            output.print_error(f"{importer} imports {library}", bold=False)


def _is_in(module: str, patterns: object) -> bool:
    assert isinstance(patterns, list)
    return any(fnmatchcase(module, pattern) or fnmatchcase(module, f"{pattern}.*") for pattern in patterns)
