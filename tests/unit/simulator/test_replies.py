from simulator.core.replies import Replies


def test_watchers_are_told_of_their_own_interaction_until_they_stop() -> None:
    replies, seen = Replies(), []
    stop = replies.watch_interaction(1, lambda event, what: seen.append((event, what)))
    replies.shown_for(1, "message", {"a": 1})
    replies.shown_for(2, "message", {"a": 2})
    stop()
    replies.shown_for(1, "message", {"a": 3})
    assert seen == [("message", {"a": 1})]


def test_a_watcher_may_stop_while_it_is_told() -> None:
    replies, seen = Replies(), []

    def once(event: str, what: object) -> None:
        seen.append((event, what))
        stop()

    stop = replies.watch_channel(1, once)
    replies.shown_in(1, "message", {})
    replies.shown_in(1, "message", {})
    assert seen == [("message", {})]
