"""Words that seeded people, guilds, messages and options are made of."""

# Names of people.
PEOPLE = (
    "ada", "ben", "cho", "dee", "eli", "fay", "gus", "han", "ivy", "jon", "kim", "leo", "mia",
    "ned", "oma", "pia", "quin", "rex", "sue", "tom", "una", "vic", "wes", "xia", "yan", "zoe",
)  # fmt: skip
# First half of a course, and of a guild.
TREES = (
    "Maple", "Cedar", "Birch", "Aspen", "Willow", "Juniper", "Hazel", "Rowan", "Laurel",
    "Linden",
)  # fmt: skip
# Second half.
PLACES = (
    "Hill", "Park", "Lake", "Creek", "Meadow", "Ridge", "Valley", "Field", "Grove", "Point",
)  # fmt: skip
# What people say.
CHATTER = (
    "the", "a", "of", "to", "in", "it", "is", "was", "for", "on", "that", "with", "great",
    "round", "hole", "disc", "putt", "drive", "maple", "wind", "score", "today", "tree",
    "basket", "par", "birdie", "nice", "see", "you", "there", "who", "is", "up", "lost", "my",
    "best", "course", "again", "after", "work",
)  # fmt: skip
