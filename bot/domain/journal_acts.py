"""Every act that the journal knows, each with what its details hold and who may read it on a case's page."""

from __future__ import annotations

from enum import Enum, StrEnum

from bot.domain.verify_journal import PURGED


class Details(Enum):
    """What the details of an act hold, which says when they go."""

    CODED = "coded"  #: codes, counts, moments and names of desks only: they stay until the whole case goes
    WORDS = "words"  #: perhaps a name or somebody's words: they go half a year after the closure


class Seen(Enum):
    """Who reads an act on the page of its case, besides the side that did it."""

    BOTH = "both"
    TOLD = "told"  #: the reporting side, and the other one where somebody of its own was told
    SAID = "said"  #: both, but nobody at a side to which the police gate is closed
    SECURE = "secure"  #: only those who may open the secure case, whichever side did it
    OWN = "own"  #: nobody else
    PROTECTION = "protection"  #: the reporting side only: the other one could be the State that is feared
    FILE = "file"  #: only those who may open the file that it is about
    NOWHERE = "nowhere"  #: it belongs to no case


class JournalAct(StrEnum):
    """An act, by the word that the journal has for it. A word stays for ever: the chain hashes it."""

    details: Details
    seen: Seen

    def __new__(cls, word: str, details: Details, seen: Seen) -> JournalAct:
        """Take the word and what holds for the act."""
        act = str.__new__(cls, word)
        act._value_ = word
        act.details, act.seen = details, seen
        return act

    @classmethod
    def known(cls, word: str) -> JournalAct | None:
        """The act of a stored entry; None for one of another version of the program."""
        return cls._value2member_map_.get(word)  # type: ignore[return-value]  # its values are members of this class

    # A case from its first message to its end.
    OPENED = "opened", Details.CODED, Seen.BOTH
    REQUESTED_SIDE = "requested_side", Details.CODED, Seen.BOTH
    ANSWERED = "answered", Details.CODED, Seen.SAID
    PERSONS = "persons", Details.CODED, Seen.OWN  #: set apart, put together, corrected
    ENGLISH = "english", Details.CODED, Seen.SAID  #: an English version was written or confirmed
    ENGLISH_DRAFTED = "english_drafted", Details.CODED, Seen.SAID  #: by a machine, for a person to confirm
    ENGLISH_NOT_DRAFTED = "english_not_drafted", Details.CODED, Seen.SAID  #: the machine was given up
    URGENCY = "urgency", Details.CODED, Seen.BOTH
    SENT = "sent", Details.CODED, Seen.BOTH
    CATEGORY_REFUSED = "category_refused", Details.WORDS, Seen.PROTECTION
    CATEGORY_HINT = "category_hint", Details.WORDS, Seen.PROTECTION
    COUNTRY_OUTSIDE_CORRIDOR = "country_outside_corridor", Details.CODED, Seen.BOTH
    URGENCY_BY_HAND = "urgency_by_hand", Details.WORDS, Seen.BOTH
    ACKNOWLEDGED = "acknowledged", Details.CODED, Seen.BOTH
    STILL_ON_IT = "still_on_it", Details.CODED, Seen.BOTH
    ASSIGNED = "assigned", Details.CODED, Seen.BOTH
    UNASSIGNED = "unassigned", Details.WORDS, Seen.BOTH
    LIAISON_NAMED = "liaison_named", Details.CODED, Seen.BOTH
    LIAISON_ENDED = "liaison_ended", Details.CODED, Seen.BOTH
    SNOOZED = "snoozed", Details.WORDS, Seen.BOTH
    STOOD_DOWN = "stood_down", Details.CODED, Seen.BOTH
    CLOSED = "closed", Details.CODED, Seen.BOTH
    REOPENED = "reopened", Details.CODED, Seen.BOTH
    WITHDRAWAL_ASKED = "withdrawal_asked", Details.CODED, Seen.OWN  #: by the officer, of their own desk
    CLOSURE_DISPUTED = "closure_disputed", Details.CODED, Seen.OWN  #: likewise
    REFUSED = "refused", Details.CODED, Seen.BOTH  #: an act that was asked for
    DISCARDED = "discarded", Details.CODED, Seen.BOTH  #: an exercise, to be deleted
    HELD = "held", Details.CODED, Seen.BOTH  #: on legal hold
    RELEASED = "released", Details.CODED, Seen.SECURE  #: from legal hold, or a text that was withheld
    # That two cases may be one is told to nobody by the page of either; whoever may see both is asked.
    MATCHED = "matched", Details.CODED, Seen.OWN
    JOINED = "joined", Details.CODED, Seen.BOTH
    PARTED = "parted", Details.CODED, Seen.BOTH
    LINKED = "linked", Details.CODED, Seen.OWN
    TOLD_APART = "told_apart", Details.CODED, Seen.OWN

    # What the clock does.
    ALERTED = "alerted", Details.CODED, Seen.BOTH
    ALERT_REACHED_NOBODY = "alert_reached_nobody", Details.CODED, Seen.BOTH
    PINGED = "pinged", Details.CODED, Seen.TOLD
    CLOCK_MENDED = (
        "clock_mended",
        Details.CODED,
        Seen.BOTH,
    )  #: a lost deadline runs again, or what it said is said again
    CALLED = "called", Details.CODED, Seen.BOTH  #: by phone, and what became of it
    NOT_CALLED = "not_called", Details.CODED, Seen.BOTH  #: the call could not be made
    GATHERED = "gathered", Details.CODED, Seen.TOLD  #: a ping, into one message with others of the same reader
    WARNED = "warned", Details.CODED, Seen.TOLD  #: whoever must act, that a deadline is about to pass
    ON_IT = "on_it", Details.CODED, Seen.BOTH  #: somebody wants no repeats for a while
    ACKNOWLEDGMENT_LAPSED = "acknowledgment_lapsed", Details.CODED, Seen.BOTH
    ASKED_TO_WRITE = "asked_to_write", Details.CODED, Seen.BOTH
    ASKED_AGAIN = "asked_again", Details.CODED, Seen.SAID  #: the officer, for the rest of their intake
    MISSING_TOLD = "missing_told", Details.CODED, Seen.BOTH  #: what of an intake is missing, to the desks

    # The formal channels and their gates.
    HANDOFF_DRAFTED = "handoff_drafted", Details.CODED, Seen.BOTH
    HANDOFF_WAITS = "handoff_waits", Details.WORDS, Seen.PROTECTION
    HANDOFF_BLOCKED = "handoff_blocked", Details.WORDS, Seen.PROTECTION
    HANDOFF_STOPPED = "handoff_stopped", Details.WORDS, Seen.PROTECTION
    HANDOFF_SENT = "handoff_sent", Details.CODED, Seen.BOTH
    ACCEPTED = "accepted", Details.WORDS, Seen.BOTH
    RETURNED = "returned", Details.WORDS, Seen.BOTH
    RECEIPT_CLAIMED = "receipt_claimed", Details.WORDS, Seen.BOTH  #: by the link of a mail, whoever has it
    PAPER_DELIVERED = "paper_delivered", Details.CODED, Seen.BOTH
    REMINDED = "reminded", Details.CODED, Seen.BOTH
    CLARIFICATION_ASKED = "clarification_asked", Details.CODED, Seen.BOTH
    ANSWERED_QUESTION = "answered_question", Details.CODED, Seen.BOTH
    WILL_BE_LATE = "will_be_late", Details.CODED, Seen.BOTH
    HANDOFF_WITHDRAWN = "handoff_withdrawn", Details.CODED, Seen.BOTH
    STOP_CONFIRMED = "stop_confirmed", Details.CODED, Seen.BOTH
    CONFIRMED_IN_WRITING = "confirmed_in_writing", Details.WORDS, Seen.BOTH
    LETTER_SCANNED = "letter_scanned", Details.WORDS, Seen.FILE  #: which file is the scan of the letter, its hash
    PAPER_TAKEN = "paper_taken", Details.CODED, Seen.OWN  #: which, its hash, and for the annex what for
    PAPER_LINK = "paper_link", Details.CODED, Seen.OWN  #: a one-time link to the papers of a hand-off, to whoever asked
    PAPER_MAILED = "paper_mailed", Details.CODED, Seen.PROTECTION  #: to the desk that it was handed to
    DIPLOMATIC_NOT_NEEDED = "diplomatic_not_needed", Details.WORDS, Seen.BOTH
    PLANNED = "planned", Details.CODED, Seen.SAID  #: a version of the plan of a joint operation
    PLAN_CONFIRMED = "plan_confirmed", Details.CODED, Seen.SAID
    PLAN_UNCONFIRMED = "plan_unconfirmed", Details.CODED, Seen.SAID  #: both sides were told so, once

    # Support desks: what a side asks of its own is told to nobody else.
    REFERRED = "referred", Details.CODED, Seen.OWN
    REFERRAL_STOPPED = "referral_stopped", Details.CODED, Seen.OWN  #: by its gate
    REFERRAL_PINGED = "referral_pinged", Details.CODED, Seen.OWN
    REFERRAL_ACCEPTED = "referral_accepted", Details.WORDS, Seen.OWN
    REFERRAL_RETURNED = "referral_returned", Details.WORDS, Seen.OWN
    REFERRAL_WITHDRAWN = "referral_withdrawn", Details.CODED, Seen.OWN
    REFERRAL_NOTED = "referral_noted", Details.CODED, Seen.OWN
    REFERRAL_READ = "referral_read", Details.CODED, Seen.OWN

    PROTECTION = "protection", Details.WORDS, Seen.PROTECTION
    GATE_CLOSED = "gate_closed", Details.WORDS, Seen.PROTECTION
    RELAY_STOPPED = "relay_stopped", Details.WORDS, Seen.PROTECTION
    RELAY_RESUMED = "relay_resumed", Details.WORDS, Seen.PROTECTION

    # What is said and kept.
    NOTED = "noted", Details.WORDS, Seen.SAID
    MEMO = "memo", Details.WORDS, Seen.OWN
    AMENDED = "amended", Details.WORDS, Seen.SAID
    MEMO_AMENDED = "memo_amended", Details.WORDS, Seen.OWN
    DELETED_BY_WRITER = "deleted_by_writer", Details.WORDS, Seen.SAID
    MEMO_DELETED = "memo_deleted", Details.WORDS, Seen.OWN
    CAME_BACK = "came_back", Details.WORDS, Seen.SAID  #: our own message, from a program that answers by itself
    NOT_THIS_CASE = "not_this_case", Details.WORDS, Seen.SAID  #: a note, by its writer
    WORDS_KEPT = "words_kept", Details.WORDS, Seen.OWN
    WORDS_NOT_SENT = "words_not_sent", Details.WORDS, Seen.NOWHERE
    SECURED = "secured", Details.WORDS, Seen.SECURE
    MARKS_DECIDED = "marks_decided", Details.CODED, Seen.SECURE  #: whether marked words are a name or an address
    SECURE_READ = "secure_read", Details.WORDS, Seen.SECURE
    SECURE_SEARCH = "secure_search", Details.WORDS, Seen.NOWHERE
    FILE_LEFT = "file_left", Details.WORDS, Seen.FILE
    FILE_STORED = "file_stored", Details.WORDS, Seen.FILE
    FILE_PARKED = "file_parked", Details.WORDS, Seen.FILE
    FILE_READ = "file_read", Details.WORDS, Seen.OWN
    FILE_KEPT_BACK = "file_kept_back", Details.WORDS, Seen.OWN  #: for the side of whoever left it only

    # Who may use it.
    INVITED = "invited", Details.WORDS, Seen.NOWHERE
    ENROLLED = "enrolled", Details.WORDS, Seen.NOWHERE
    WRONG_CODE = "wrong_code", Details.WORDS, Seen.NOWHERE
    MANY_GUESSES = "many_guesses", Details.WORDS, Seen.BOTH
    NO_CORRIDOR = "no_corridor", Details.WORDS, Seen.NOWHERE
    SIGN_IN_LINK = "sign_in_link", Details.WORDS, Seen.NOWHERE
    SIGNED_IN = "signin", Details.WORDS, Seen.NOWHERE
    BIND_CODE = "bind_code", Details.WORDS, Seen.NOWHERE
    BOUND = "bound", Details.WORDS, Seen.NOWHERE
    PREFERRED = "preferred", Details.WORDS, Seen.NOWHERE
    UNBOUND = "unbound", Details.WORDS, Seen.NOWHERE
    CHANGED = "changed", Details.WORDS, Seen.NOWHERE
    CONFIRMED = "confirmed", Details.WORDS, Seen.NOWHERE
    WAITS = "waits", Details.WORDS, Seen.NOWHERE  #: an act of somebody whose enrolment has lapsed
    ON_DUTY = "on_duty", Details.WORDS, Seen.NOWHERE
    OFF_DUTY = "off_duty", Details.WORDS, Seen.NOWHERE
    ROSTER_CHANGED = "roster_changed", Details.CODED, Seen.NOWHERE  #: shifts given and taken out
    ROSTER_TOLD = "roster_told", Details.CODED, Seen.NOWHERE  #: that a shift begins, that nobody is on duty, of a gap
    HAND_OVER_BEGUN = "hand_over_begun", Details.CODED, Seen.NOWHERE
    HAND_OVER_GIVEN = "hand_over_given", Details.CODED, Seen.NOWHERE  #: by whoever leaves
    TAKEN_OVER = "taken_over", Details.CODED, Seen.NOWHERE  #: by whoever comes
    CUT_OFF = "cut_off", Details.WORDS, Seen.NOWHERE  #: by somebody whose phone is lost, or for them
    REVOKED = "revoked", Details.WORDS, Seen.NOWHERE  #: by an admin
    REVOKED_SENDER = "revoked_sender", Details.WORDS, Seen.NOWHERE
    REACHABLE = "reachable", Details.WORDS, Seen.NOWHERE
    LEFT = "left", Details.WORDS, Seen.NOWHERE
    DESK_REACHABLE = "desk_reachable", Details.WORDS, Seen.NOWHERE
    DESK_LEFT = "desk_left", Details.WORDS, Seen.NOWHERE
    OVERDUE_TOLD = "overdue_told", Details.CODED, Seen.NOWHERE  #: what is late, to a secretariat, once a day
    READINESS_TOLD = "readiness_told", Details.CODED, Seen.NOWHERE  #: who is there tonight, to supervisors each evening
    TEST_PING = "test_ping", Details.WORDS, Seen.NOWHERE
    TEST_READ = "test_read", Details.WORDS, Seen.NOWHERE
    RING_BEGUN = "ring_begun", Details.CODED, Seen.NOWHERE  #: a test ring of the duty desks of a corridor
    RING_ANSWERED = "ring_answered", Details.CODED, Seen.NOWHERE  #: by somebody of a desk, as its first
    RING_UNANSWERED = "ring_unanswered", Details.CODED, Seen.NOWHERE  #: the supervisors heard which desks are silent

    # The record itself.
    CLOCK_SET = "clock_set", Details.CODED, Seen.NOWHERE  #: by somebody or something outside
    AUDIT_FOUND = "audit_found", Details.CODED, Seen.NOWHERE  #: what must hold did not; supervisors were told
    DIGEST = "digest", Details.WORDS, Seen.NOWHERE
    EXPORT_ORDERED = "export_ordered", Details.WORDS, Seen.NOWHERE
    EXPORTED = "exported", Details.WORDS, Seen.NOWHERE
    JOURNAL_EXPORTED = "journal_exported", Details.WORDS, Seen.NOWHERE
    BACKED_UP = "backed_up", Details.CODED, Seen.NOWHERE
    RESTORED = "restored", Details.CODED, Seen.NOWHERE  #: from a backup: what was written after it is not in the record
    EXPORT_ASKED = "identified_export_asked", Details.WORDS, Seen.NOWHERE
    EXPORT_APPROVED = "identified_export_approved", Details.WORDS, Seen.NOWHERE
    EXPORT_REFUSED = "identified_export_refused", Details.WORDS, Seen.NOWHERE
    EXPORT_EXPIRED = "identified_export_expired", Details.WORDS, Seen.NOWHERE
    EXPORT_READ = "identified_export_read", Details.WORDS, Seen.OWN
    EXPORT_MADE = "identified_export_made", Details.WORDS, Seen.NOWHERE
    FORGOTTEN = "forgotten", Details.WORDS, Seen.BOTH
    PERSON_FORGOTTEN = "person_forgotten", Details.WORDS, Seen.NOWHERE
    UNASSIGNED_PURGED = "unassigned_purged", Details.WORDS, Seen.NOWHERE
    PURGED = PURGED, Details.WORDS, Seen.BOTH


#: Acts whose details stay in the journal until the whole case goes.
CODED_ACTS = frozenset(act.value for act in JournalAct if act.details is Details.CODED)
