"""WeCom: an app of a company that its members write to and that writes to them, and robots of groups.

Paces nothing by itself: the core does, by what `settings` declares. Begin with `adapter`, then `door` for its calls.
"""

from adapters.wecom.adapter import WecomAdapter
from adapters.wecom.settings import Robot, WecomSettings

__all__ = ["Robot", "WecomAdapter", "WecomSettings"]
