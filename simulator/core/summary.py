"""The ledger as a short table that a person can read; nothing but text comes out of here."""

from typing import Any


def summary(book: dict[str, Any]) -> str:
    """Some ten lines: one subject each, its counts, and a mark where something went wrong."""
    rows = [_events(book), _lag(book), _sessions(book), _interactions(book), _probes(book)]
    rows += [_rest(book), *_happened(book)]
    width = max(len(name) for name, _, _ in rows)
    return "\n".join(f"{'!' if bad else ' '} {name:<{width}}  {text}" for name, text, bad in rows)


Row = tuple[str, str, bool]  # subject, counts, whether somebody should look at it


def _events(book: dict[str, Any]) -> Row:
    text = (
        f"{book['emitted']:,} of {book['offered']:,} offered, "
        f"{book['achieved_rate']:,.0f} of {book['offered_rate']:,.0f} a second"
    )
    return "events", text, book["emitted"] < book["offered"] or _is_behind(book)


def _is_behind(book: dict[str, Any]) -> bool:
    return bool(book["emitted"] and book["achieved_rate"] < 0.99 * book["offered_rate"])


def _spread(found: dict[str, float]) -> str:
    return f"p50 {found['p50']:.1f} ms, p99 {found['p99']:.1f} ms, max {found['max']:.1f} ms"


def _lag(book: dict[str, Any]) -> Row:
    return "written after", _spread(book["lag_ms"]), False


def _sessions(book: dict[str, Any]) -> Row:
    found, resumes = book["sessions"], book["resumes"]
    text = (
        f"{found['identify']} IDENTIFY, {found['resume']} RESUME "
        f"({resumes['replayed_events']:,} events replayed, {resumes['refused']} refused), "
        f"{found['live']} live"
    )
    return "sessions", text, bool(found["overflowed"] or resumes["refused"])


def _interactions(book: dict[str, Any]) -> Row:
    found = book["interactions"]
    text = f"{found['answered']:,} of {found['sent']:,} answered"
    text += f", {found['unanswered']} not, {found['late']} late, {_spread(found['latency_ms'])}"
    return "interactions", text, bool(found["unanswered"] or found["late"])


def _probes(book: dict[str, Any]) -> Row:
    found = book["probes"]
    wrong = {key: found[key] for key in ("lost", "duplicated", "reordered", "late")}
    text = f"{found['answered']:,} of {found['sent']:,} answered, "
    text += ", ".join(f"{count} {key}" for key, count in wrong.items())
    return "probes", text, any(wrong.values())


def _rest(book: dict[str, Any]) -> Row:
    found = book["rest"]
    statuses = ", ".join(f"{n:,} x {status}" for status, n in sorted(found["by_status"].items()))
    text = f"{found['requests']:,} requests" + (f": {statuses}" if statuses else "")
    if found["unlisted"]:
        text += f"; {found['unlisted']} to routes that are not simulated"
    return "REST", text, bool(found["unlisted"])


def _happened(book: dict[str, Any]) -> list[Row]:
    """What was done on purpose, when something was."""
    rows = []
    for name, key in (("faults", "faults"), ("storms", "storms"), ("NATS", "direct")):
        counts = book.get(key) or {}
        if counts:
            text = ", ".join(f"{n:,} {what}" for what, n in counts.items())
            rows.append((name, text, key == "direct" and bool(counts.get("rejected"))))
    return rows
