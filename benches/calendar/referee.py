#!/usr/bin/env python3
"""A second, independent way to the worked examples of spine/calendar.

Reads spine/calendar/examples/periods.csv and reckons every due time by walking minute by minute over office hours, with the
holidays of PyPI `holidays` (an independent source) instead of Maru's table. Prints what differs; exit code 1 if anything does.

    python3 benches/calendar/referee.py [--holidays]    # --holidays: compare the days off themselves, 2020-2030
"""
import datetime as dt
import pathlib
import subprocess
import sys

import holidays

OFF = holidays.KR(years=range(2020, 2031))
ROOT = pathlib.Path(__file__).resolve().parents[2]
KINDS = {"immediate": (3, "hour"), "legal-question": (14, "day"), "question": (7, "day"), "suggestion": (14, "day"), "grievance": (7, "day")}
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


def working(day):
    return day.weekday() < 5 and day not in OFF


def office(moment):
    return working(moment.date()) and (9 <= moment.hour < 12 or 13 <= moment.hour < 18)


def excluded_minutes(moment, cuts):
    return any(start <= moment < end for start, end in cuts)


def whole_day(day, cuts):
    minutes = [dt.datetime.combine(day, dt.time(9)) + MINUTE * k for k in range(9 * 60)]
    return all(excluded_minutes(m, cuts) for m in minutes if office(m))


def add_months(day, months):
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    try:
        return dt.date(year, month, day.day), True
    except ValueError:
        return dt.date(year + month // 12, month % 12 + 1, 1) - DAY, False


def due(amount, unit, received, cuts, times):
    if unit == "hour" or (unit == "day" and amount <= 5):
        left = amount * (1 if unit == "hour" else 8) * 60 * times
        moment = received
        while left:
            if office(moment) and not excluded_minutes(moment, cuts):
                left -= 1
            moment += MINUTE
        return moment
    if unit == "day":
        day, left = received.date(), amount * times
        while True:
            if working(day) and not whole_day(day, cuts):
                left -= 1
            if not left:
                return dt.datetime.combine(day, dt.time(18))
            day += DAY
    if unit == "week":
        last = received.date() + DAY * (7 * amount * times - 1)
    else:
        last, exact = add_months(received.date(), amount * times * (12 if unit == "year" else 1))
        last = last - DAY if exact else last
    begin = received.date()
    while True:
        owed = sum(1 for k in range((last - begin).days + 1) if all_day(begin + DAY * k, cuts))
        if not owed:
            break
        begin, last = last + DAY, last + DAY * owed
    while not working(last):
        last += DAY
    return dt.datetime.combine(last, dt.time(18))


def all_day(day, cuts):
    begin = dt.datetime.combine(day, dt.time())
    return any(start <= begin and end >= begin + DAY for start, end in cuts)


def cuts_of(events):
    cuts, times = [], 1
    for event in filter(None, (e.strip() for e in events.split(";"))):
        if event == "extended":
            times += 1
            continue
        reason, interval = event.split(" ")
        start, end = map(dt.datetime.fromisoformat, interval.split("/"))
        if reason == "completion":
            start, end = dt.datetime.combine(start.date(), dt.time()), dt.datetime.combine(end.date() + DAY, dt.time())
        cuts.append((start, end))
    return cuts, times


def reckon(kind, received, events):
    amount, unit = KINDS.get(kind) or (int(kind.split()[0]), kind.split()[1].rstrip("s"))
    cuts, times = cuts_of(events)
    return due(amount, unit, dt.datetime.fromisoformat(received), cuts, times)


def compare_days_off():
    """The days off of Maru's table beside those of PyPI `holidays`."""
    command = ["cargo", "run", "-q", "-p", "maru-calendar", "--example", "days_off"]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    ours = {dt.date.fromisoformat(line.split("\t")[0]) for line in printed.splitlines()}
    for day in sorted(ours ^ set(OFF)):
        print(f"differs: {day} {'only in Maru' if day in ours else 'only in holidays: ' + OFF[day]}")
    return len(ours & set(OFF)), len(ours ^ set(OFF))


def main():
    if "--holidays" in sys.argv:
        same, other = compare_days_off()
        print(f"{same} passed, {other} failed")
        return 1 if other else 0
    lines = (ROOT / "spine/calendar/examples/periods.csv").read_text().splitlines()
    rows = [line.split(",") for line in lines if line and not line.startswith("#")][1:]
    wrong = [(row, reckon(*row[:3])) for row in rows if reckon(*row[:3]) != dt.datetime.fromisoformat(row[3])]
    for row, found in wrong:
        print(f"differs: {','.join(row)}\n    referee: {found.isoformat()}")
    print(f"{len(rows) - len(wrong)} passed, {len(wrong)} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
