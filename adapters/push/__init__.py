"""Web Push: wakes the browsers of people who switched that on, by the push services that these browsers name.

No messenger and no way of its own: it goes beside a message that is sent anyway, and says nothing of any case. Begin
with `pusher`.
"""

from adapters.push.pusher import Pusher
from adapters.push.settings import PushSettings

__all__ = ["PushSettings", "Pusher"]
