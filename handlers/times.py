"""Times and dates as people in the line's own country read them: "fre. 23.53", "Fri 23:53", "20. November".

Written by hand because the usual libraries put invisible characters between the parts, which doubles what an SMS costs.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from handlers.texts.catalogue import text

# From here on a weekday alone could be taken for the nearer one.
_WEEKDAY_SAYS_ENOUGH = timedelta(days=6)


def clock(at: datetime, zone: tzinfo, language: str) -> str:
    """The wall clock in `zone` at an aware instant: "23.39" in Danish, "23:39" in English and German."""
    local = at.astimezone(zone)
    return text("time.clock", language, hour=f"{local.hour:02}", minute=f"{local.minute:02}")


def moment(at: datetime, zone: tzinfo, language: str, since: datetime | None = None) -> str:
    """A weekday and the wall clock, "fre. 23.53"; six days or more after `since` day and month, "27/11 09.00"."""
    local = at.astimezone(zone)
    shown = clock(at, zone, language)
    if since is not None and at - since >= _WEEKDAY_SAYS_ENOUGH:
        return text("time.far", language, day=local.day, month=local.month, clock=shown)
    return text("time.moment", language, weekday=text(f"weekday.{local.weekday()}", language), clock=shown)


def spoken(at: datetime, zone: tzinfo, language: str) -> str:
    """A weekday and the wall clock as one says them: "fredag klokken 23.53", "Friday at 23:53"."""
    weekday = text(f"weekday_spoken.{at.astimezone(zone).weekday()}", language)
    return text("time.spoken", language, weekday=weekday, clock=clock(at, zone, language))


def day(on: date, language: str) -> str:
    """A day as one says it: "20. november", "20 November", "20. November". The year is left out on purpose."""
    return text("time.day", language, day=on.day, month_name=text(f"month.{on.month}", language))


def stamp(at: datetime, zone: tzinfo, language: str) -> str:
    """Day and wall clock of an aware instant, for receipts: "20. november kl. 23.38"."""
    on = day(at.astimezone(zone).date(), language)
    return text("time.stamp", language, date=on, clock=clock(at, zone, language))
