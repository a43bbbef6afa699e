"""What people do with each example bot whose ways are interactions."""

from tests.examples.people import Person, Scene, custom_ids


async def slash(scene: Scene) -> None:
    ann, bea = scene.person("ann"), scene.person("bea")
    await ann.slash("hello")
    await ann.slash("send", text="some text")
    await ann.slash("add", first=4, second=5)
    await ann.slash("add", first=4)
    await ann.slash("joined")
    await ann.slash("joined", member=str(bea.user.id))
    await ann.menu("Show Join Date", bea.user.person)
    said = bea.user.write("something bad")
    await ann.menu("Report to Moderators", said)
    await scene.until("message", "something bad")
    await ann.slash("fruits pick", fruit="p")
    await ann.autocomplete("fruits guess", "fruit", "b")
    await ann.slash("fruits guess", fruit="cherry")


async def transforming(scene: Scene) -> None:
    ann = scene.person("ann")
    await ann.slash("graph", point="3,4")
    await ann.slash("graph", point="three")
    await ann.slash("shop", action="Sell", what="discs")
    await ann.slash("guarded")
    await scene.person("root").slash("guarded")


async def hybrid(scene: Scene) -> None:
    ann = scene.person("ann")
    await ann.slash("echo", text="slashed")
    await ann.say("!echo said")
    await ann.slash("tag show", name="one")
    await ann.say("!tag one")
    await ann.slash("tag create", name="two")
    await ann.say("!tag create two")
    await ann.say("!shutdown")
    await ann.say("!echo")


async def forms(scene: Scene) -> None:
    ann = scene.person("ann")
    for name in ("Ann", "Bea"):
        await ann.submit(await ann.slash("feedback"), n=name, f="good")
    await ann.submit(await ann.slash("feedback"), n="Cyd")
    for count, why in enumerate(("Spam", "Rude"), 1):
        await ann.submit(await ann.slash("timeout"), why=[why], more="more")
        await scene.until("message", "the form is done", times=count)


async def confirm(scene: Scene) -> None:
    ann = scene.person("ann")
    for turn, (press, word) in enumerate([(0, "Confirmed"), (1, "Cancelled"), (0, "Confirmed")]):
        asked = await ann.say("$ask")
        await ann.click(asked, custom_ids(asked)[press])
        times = 1 + (turn == 2)
        await scene.until("message", f"{word}...", times=times)
    await ann.say("$ask 0.1")
    await scene.until("message", "Timed out...")


async def counter(scene: Scene) -> None:
    ann = scene.person("ann")
    shown = await ann.say("$counter")
    for _ in range(5):
        shown = await ann.click(shown, custom_ids(shown)[0])


async def dropdown(scene: Scene) -> None:
    ann = scene.person("ann")
    for colours in (("Red",), ("Green", "Blue")):
        shown = await ann.say("$colour")
        await ann.select(shown, custom_ids(shown)[0], *colours)


async def dynamic_counter(scene: Scene) -> None:
    ann = scene.person("ann")
    shown = await ann.say("$counter")
    await scene.person("bea").click(shown, custom_ids(shown)[0])
    for _ in range(4):
        shown = await ann.click(shown, custom_ids(shown)[0])


async def private(scene: Scene) -> None:
    ann = scene.person("ann")
    shown = await ann.slash("counter")
    await ann.click(shown, custom_ids(shown)[0])
    whispered = await scene.until_whispered("Enjoy!")
    for _ in range(3):
        whispered = await ann.click(whispered, custom_ids(whispered)[0])


async def links(scene: Scene) -> None:
    await scene.person("ann").say("$look disc golf")


async def persistent(scene: Scene) -> None:
    ann = scene.person("ann")
    shown = await ann.say("$prepare")
    for _ in range(3):
        await ann.click(shown, "persistent:green")
        await ann.click(shown, "persistent:red")


async def noughts(scene: Scene) -> None:
    shown = await scene.person("ann").say("$tic")
    players: list[Person] = [scene.person("ann"), scene.person("bea")]
    for turn, place in enumerate((0, 3, 1, 4, 2)):
        shown = await players[turn % 2].click(shown, f"field-{place}")
    assert "X won!" in shown["content"]


async def layout(scene: Scene) -> None:
    ann = scene.person("ann")
    shown = await ann.say("$settings")
    for _ in range(3):
        shown = await ann.click(shown, custom_ids(shown)[0])
    await ann.select(shown, custom_ids(shown)[1], "B")
