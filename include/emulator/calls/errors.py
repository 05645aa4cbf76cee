"""Meta's error envelope, as an exception that any part of the server may raise."""

from typing import Any


class GraphError(Exception):
    """An answer in Meta's error form; ``http_status`` is the status line it travels with."""

    def __init__(
        self,
        message: str,
        *,
        code: int,
        subcode: int | None = None,
        title: str | None = None,
        user_message: str | None = None,
        http_status: int = 400,
        transient: bool = False,
        error_type: str = "OAuthException",
        data: dict[str, Any] | None = None,
        rule: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.subcode = subcode
        self.title = title
        self.user_message = user_message
        self.http_status = http_status
        self.transient = transient
        self.error_type = error_type
        self.data = data
        self.rule = rule
        #: Minutes until a throttled caller may come back; shown in the usage headers.
        self.regain_minutes: int | None = None

    def envelope(self, trace_id: str) -> dict[str, Any]:
        """Return the JSON body; keys Meta leaves out when empty are left out."""
        error: dict[str, Any] = {
            "message": self.message,
            "type": self.error_type,
            "code": self.code,
        }
        if self.data is not None:
            error["error_data"] = self.data
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        error["is_transient"] = self.transient
        if self.title:
            error["error_user_title"] = self.title
        if self.user_message:
            error["error_user_msg"] = self.user_message
        error["fbtrace_id"] = trace_id
        return {"error": error}
