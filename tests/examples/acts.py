"""What people do with each example bot whose ways are messages and reactions."""

from tests.examples.people import Scene


async def dice(scene: Scene) -> None:
    ann = scene.person("ann")
    await ann.say("?add 2 3")
    await ann.say("?roll 3d1")
    await ann.say("?roll many")
    await ann.say("?choose tea")
    ann.user.write("?repeat 3 hey")
    await scene.until("message", "hey 2")
    await ann.say("?cool")
    await ann.say("?cool bot")
    await ann.say("?help add")
    for bea in (scene.person("bea"), scene.person("cyd")):
        await ann.say(f"?joined {bea.mention}")
        await ann.say(f"?joined {bea.user.id}")
    scene.person("dee")
    await ann.say("?joined dee")


async def loop_task(scene: Scene) -> None:
    await scene.until("message", "loop 3")


async def asyncio_task(scene: Scene) -> None:
    await scene.until("message", "task 2")


async def converting(scene: Scene) -> None:
    ann, bea = scene.person("ann"), scene.person("bea")
    await ann.say(f"!userinfo {bea.user.id}")
    await ann.say("!userinfo nobody-at-all")
    await ann.say("!notify bea")
    await ann.say("!notify rounds")
    await ann.say(f"!ignore {bea.mention}")
    await ann.say("!ignore off-topic")
    await ann.say("!multiply 4 yes")
    await ann.say("!multiply 4 off")


async def own_context(scene: Scene) -> None:
    for number in (4, 5, 6):
        said = scene.person("ann").user.write(f"!guess {number}")
        await scene.until("reaction", said["id"])


async def deleted(scene: Scene) -> None:
    ann = scene.person("ann")
    for word in ("first", "second", "third", "fourth"):
        said = ann.user.write(word)
        ann.user.delete(said)
        await scene.until("message", f"ann has deleted: {word}")
    ann.user.write("!deleteme")
    await scene.until("message", "has deleted: I will delete")
    ann.user.write("!goodbye")
    await scene.until("message", "has deleted: Goodbye")


async def edits(scene: Scene) -> None:
    ann = scene.person("ann")
    for word in ("first", "second", "third", "fourth"):
        said = ann.user.write(word)
        ann.user.edit(said, f"{word} again")
        await scene.until("message", f"ann wrote {word} -> {word} again")
        ann.user.edit(said, f"{word} for good")
        await scene.until("message", f"ann wrote {word} again -> {word} for good")
    ann.user.write("!editme")
    await scene.until("message", "wrote 10 -> 40")


async def guessing(scene: Scene) -> None:
    ann, bea = scene.person("ann"), scene.person("bea")
    for number in ("7", "8", "7"):
        await ann.say("$guess")
        bea.user.write("1")
        await ann.answer(number)
    await ann.say("$guess quick")
    await scene.until("message", "too long")


async def newcomer(scene: Scene) -> None:
    for name in ("zoe", "yan", "xia"):
        scene.person(name).user.join()
        await scene.until("message", scene.person(name).mention)


async def reaction_roles(scene: Scene) -> None:
    said = scene.person("ann").user.write("react!")
    for turn, name in enumerate(("ann", "bea", "cyd")):
        person = scene.person(name)
        person.user.react(said, "\N{LARGE RED CIRCLE}")
        await scene.until("GUILD_MEMBER_UPDATE", times=2 * turn + 1)
        person.user.unreact(said, "\N{LARGE RED CIRCLE}")
        await scene.until("GUILD_MEMBER_UPDATE", times=2 * turn + 2)


async def reactions(scene: Scene) -> None:
    ann, bea = scene.member(0), scene.member(1)
    for word in ("one", "two"):
        said = ann.user.write(word)
        ann.user.react(said, "🍕")
        await scene.until("message", f"{ann.name} +🍕 1 {word}")
        bea.user.react(said, "🍕")
        await scene.until("message", f"{bea.name} +🍕 2 {word}")
        ann.user.unreact(said, "🍕")
        await scene.until("message", f"{ann.name} -🍕 1 {word}")


async def replying(scene: Scene) -> None:
    for name in ("ann", "bea", "cyd"):
        await scene.person(name).say(f"!hello from {name}")
        await scene.person(name).say(f"!card of {name}")


async def secret(scene: Scene) -> None:
    ann = scene.person("ann")
    await ann.say("$secret")
    for number in (1, 2, 3):
        await ann.say(f"$secret text den-{number} player")


async def startup(scene: Scene) -> None:
    for _ in range(3):
        await scene.person("ann").say("!status")
