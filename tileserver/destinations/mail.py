"""Email: the owner of a job gets the link to its result."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTPException, send
from typing_extensions import override

from tileserver.destinations.destination import BadDestination, Delivery, Destination, NotDelivered

__all__ = ["Email"]

ANSWER_SECONDS: Final = 20.0  # for each answer of the mail server
MAIL_SECONDS: Final = 60.0  # for all of them
LINE: Final = 200  # characters of a subject


@dataclass(frozen=True, slots=True)
class Email(Destination):
    """A message to the owner of the job, with the link; the result is kept as that of a download."""

    type = "email"
    keeps_result = True
    subject: str = "Your computation has finished"
    body: str = ""

    @override
    def check_options(self, delivery: Delivery) -> None:
        if not delivery.settings.smtp_url:
            raise BadDestination("this server sends no email: its operator has set no smtp_url")
        if not self.subject.isprintable() or len(self.subject) > LINE:
            raise BadDestination(f"subject of the destination email must be one line of up to {LINE} characters")

    @override
    def deliver(self, delivery: Delivery, path: Path) -> str:
        message = self._message(delivery)
        try:
            asyncio.run(_send(message, delivery.settings.smtp_url))
        except (OSError, SMTPException) as exc:
            reason = "it did not answer in time" if isinstance(exc, TimeoutError) else " ".join(str(exc).split())[:300]
            raise NotDelivered(f"the mail server took no message to {message['To']}: {reason}") from exc
        return f"the link was sent to {message['To']}"

    def _message(self, delivery: Delivery) -> EmailMessage:
        job, settings = delivery.job, delivery.settings
        root = settings.public_url or f"http://{settings.host}:{settings.port}"
        link = f"{root}/api/jobs/{job.id}/result"
        message = EmailMessage()
        message["Subject"] = f"Workflows: {self.subject}"
        message["From"] = settings.email_sender
        message["To"] = job.user if "@" in job.user else settings.email_sender  # nobody signs in: the operator
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(job.id, domain=settings.email_sender.rpartition("@")[2])
        said = f"{self.body}\n\n" if self.body else ""
        message.set_content(f"{said}The result of job {job.id}, until {job.expires_timestamp:%Y-%m-%d}:\n{link}\n")
        return message


async def _send(message: EmailMessage, url: str) -> None:
    """Send by `smtp://` (with STARTTLS where the server has it) or `smtps://`, `user:password@` as the URL has them."""
    parts = urlsplit(url)
    sending = send(
        message,
        hostname=parts.hostname or "localhost",
        port=parts.port,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or "") if parts.username else None,
        use_tls=parts.scheme == "smtps",
        timeout=ANSWER_SECONDS,
    )
    async with asyncio.timeout(MAIL_SECONDS):
        await sending
