"""WeChat, by an Official Account in safe mode."""

from adapters.wechat.adapter import WechatAdapter
from adapters.wechat.settings import WechatSettings

__all__ = ["WechatAdapter", "WechatSettings"]
