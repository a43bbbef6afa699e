"""From measurements to a number of replicas: arithmetic in modules, the story in notebooks."""
