"""The gateway: an address that makes phone calls for us when it is asked, and tells us what became of them; all signed.

No messenger: nobody writes there, and it knows people by our names for them only. Begin with `gateway`.
"""

from adapters.gateway.gateway import Gateway
from adapters.gateway.settings import GatewaySettings

__all__ = ["Gateway", "GatewaySettings"]
