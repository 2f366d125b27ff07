"""WeChat, by an Official Account in safe mode: answers in the call, reply windows, template messages.

Which message a window still carries is not decided here but by the core, from what `settings` declares. Begin with
`adapter`, then `door`, where WeChat calls.
"""

from adapters.wechat.adapter import WechatAdapter
from adapters.wechat.settings import WechatSettings

__all__ = ["WechatAdapter", "WechatSettings"]
