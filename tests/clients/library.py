"""The client libraries that are no dependencies of this project, and how each is started."""

import functools
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DISNAKE = Path(os.environ.get("DISNAKE_PYTHON", ROOT / "var" / "disnake" / "bin" / "python"))


@dataclass(frozen=True, slots=True)
class Library:
    """`package` is what `script` loads, in Node.js or in a Python environment of its own."""

    name: str
    package: str
    script: Path

    @property
    def runs_on_node(self) -> bool:
        return self.script.suffix == ".cjs"

    def command(self, url: str, *flags: str) -> list[str]:
        """How to start the bot; `flags` are the interpreter's."""
        runner = shutil.which("node") if self.runs_on_node else str(DISNAKE)
        return [runner or "node", *flags, str(self.script), url]

    def environment(self) -> dict[str, str]:
        """Of the process: Node.js looks for packages where NODE_PATH says, or in var/node."""
        found = ROOT / "var" / "node" / "node_modules"
        return {"NODE_PATH": str(found), **os.environ}

    def version(self) -> str:
        """The version that is installed here; empty when there is none."""
        return _printed(self)


@functools.cache
def _printed(library: Library) -> str:
    if library.runs_on_node:
        code = _NODE_VERSION % library.package
        command = ["node", "-e", code]
    else:
        code = f"from importlib.metadata import version; print(version({library.package!r}))"
        command = [str(DISNAKE), "-c", code]
    try:
        asked = subprocess.run(command, capture_output=True, check=True, text=True,
                               env=library.environment())  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return ""
    return asked.stdout.strip()


# A package need not let its package.json be required by name: it is looked for beside the code.
_NODE_VERSION = """
const fs = require("fs"), path = require("path"), name = "%s";
let folder = require.resolve(name);
while (!folder.endsWith(path.join("node_modules", name))) folder = path.dirname(folder);
console.log(JSON.parse(fs.readFileSync(path.join(folder, "package.json"))).version);
"""

DISCORD_JS = Library("discord.js", "discord.js", HERE.parent / "integration" / "simulator_bot.cjs")
LIBRARIES = (
    Library("disnake", "disnake", HERE / "disnake_bot.py"),
    Library("eris", "eris", HERE / "eris.cjs"),
    Library("oceanic.js", "oceanic.js", HERE / "oceanic.cjs"),
    Library("discordeno", "@discordeno/bot", HERE / "discordeno.cjs"),
)
