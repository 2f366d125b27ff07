"""What every table of the configuration is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

Port = Annotated[int, Field(ge=1, le=65535)]
NonEmpty = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"[^\s\p{C}]")]
NOT_SET = SecretStr("")


class Table(BaseModel):
    """A table of the configuration: no unknown keys, nothing changes later, no value in an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
