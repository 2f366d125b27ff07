"""What a message on Telegram may hold, and what becomes of it. Pure data.

https://core.telegram.org/bots/api#message. What is in none of these tables is a kind of tomorrow: its sender is told
that we cannot take it.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.messages import Kind
from bot.domain.unreceived import Unreceived

#: What is kept, in the order of looking: a venue comes with a location, an animation with a document.
KEPT: Mapping[str, Kind] = {
    "location": Kind.LOCATION,
    "venue": Kind.LOCATION,
    "contact": Kind.CONTACT,
    "live_photo": Kind.PHOTO,
    "photo": Kind.PHOTO,
    "voice": Kind.VOICE,
    "document": Kind.FILE,
    "animation": Kind.FILE,
    "audio": Kind.FILE,
    "video": Kind.FILE,
    "video_note": Kind.FILE,
    "text": Kind.TEXT,
}
#: What we cannot take, and say so.
UNRECEIVED: Mapping[str, Unreceived] = {
    "sticker": Unreceived.STICKER,
    "poll": Unreceived.POLL,
    "story": Unreceived.STORY,
    "checklist": Unreceived.CHECKLIST,
    "dice": Unreceived.DICE,
    "game": Unreceived.GAME,
    "paid_media": Unreceived.PAID,
    "invoice": Unreceived.PAYMENT,
    "gift": Unreceived.PAYMENT,
    "unique_gift": Unreceived.PAYMENT,
    "giveaway": Unreceived.PAYMENT,
    "giveaway_winners": Unreceived.PAYMENT,
    "passport_data": Unreceived.NEW,
    "users_shared": Unreceived.NEW,
    "chat_shared": Unreceived.NEW,
    "web_app_data": Unreceived.NEW,
}
#: What Telegram says by itself of a chat: nobody said it.
UNSAID = frozenset(
    {
        "boost_added", "channel_chat_created", "chat_background_set", "chat_owner_changed", "chat_owner_left",
        "checklist_tasks_added", "checklist_tasks_done", "connected_website", "delete_chat_photo",
        "direct_message_price_changed", "forum_topic_closed", "forum_topic_created", "forum_topic_edited",
        "forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden", "gift_upgrade_sent",
        "giveaway_completed", "giveaway_created", "group_chat_created", "left_chat_member", "managed_bot_created",
        "message_auto_delete_timer_changed", "migrate_from_chat_id", "migrate_to_chat_id", "new_chat_members",
        "new_chat_photo", "new_chat_title", "paid_message_price_changed", "pinned_message", "poll_option_added",
        "poll_option_deleted", "proximity_alert_triggered", "refunded_payment", "successful_payment",
        "suggested_post_approval_failed", "suggested_post_approved", "suggested_post_declined",
        "suggested_post_paid", "suggested_post_refunded", "supergroup_chat_created", "video_chat_ended",
        "video_chat_participants_invited", "video_chat_scheduled", "video_chat_started", "write_access_allowed",
    }
)  # fmt: skip
