"""The buttons Meta offers. Source: facebook-business 26, AdCreative.CallToActionType."""

from __future__ import annotations

# Those that lead to a website; the others open an app, a chat or a call and need more than a link.
CALLS_TO_ACTION = (
    "ADD_TO_CART",
    "APPLY_NOW",
    "BOOK_NOW",
    "BOOK_TRAVEL",
    "BUY_NOW",
    "BUY_TICKETS",
    "CONTACT_US",
    "DONATE",
    "DONATE_NOW",
    "DOWNLOAD",
    "EVENT_RSVP",
    "FIND_OUT_MORE",
    "GET_DETAILS",
    "GET_DIRECTIONS",
    "GET_IN_TOUCH",
    "GET_OFFER",
    "GET_OFFER_VIEW",
    "GET_PROMOTIONS",
    "GET_QUOTE",
    "GET_SHOWTIMES",
    "GET_STARTED",
    "INQUIRE_NOW",
    "LEARN_MORE",
    "LISTEN_NOW",
    "MAKE_AN_APPOINTMENT",
    "ORDER_NOW",
    "PLAY_GAME",
    "REQUEST_TIME",
    "SEE_MORE",
    "SEE_SHOP",
    "SHOP_NOW",
    "SIGN_UP",
    "START_ORDER",
    "SUBSCRIBE",
    "TRY_DEMO",
    "VIEW_PRODUCT",
    "VISIT_WEBSITE",
    "WATCH_MORE",
    "WATCH_VIDEO",
)
# Those that lead to an app's page in its store.
APP_CALLS_TO_ACTION = (
    "BOOK_TRAVEL",
    "DOWNLOAD",
    "INSTALL_MOBILE_APP",
    "LEARN_MORE",
    "LISTEN_NOW",
    "PLAY_GAME",
    "SHOP_NOW",
    "SIGN_UP",
    "SUBSCRIBE",
    "USE_MOBILE_APP",
    "WATCH_MORE",
)


def call_to_action_name(text: str) -> str:
    """Return a button as Meta calls it: `Shop now` is `SHOP_NOW`."""
    return text.strip().upper().replace(" ", "_").replace("-", "_")
