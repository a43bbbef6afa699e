from simulator.core.media import Media, upload
from simulator.core.rest.route import File
from tests.unit.simulator.stage import NOW, make_api


def test_an_upload_is_found_where_its_attachment_says() -> None:
    api = make_api()
    made = upload(api, File("files[0]", "card.txt", "text/plain", 5, b"12345"), NOW, "a card")
    assert made["url"] == f"http://x/attachments/{made['id']}/card.txt"
    assert (made["description"], made["size"]) == ("a card", 5)
    assert api.media.get(made["id"]) == ("text/plain", b"12345")


def test_the_oldest_go_when_there_is_too_much() -> None:
    media = Media(most=10)
    for name in "abc":
        media.keep(name, "t", b"x" * 5)
    media.keep("d", "t", b"x" * 11)
    assert [media.get(name) is None for name in "abcd"] == [True, False, False, True]
