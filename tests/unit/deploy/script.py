"""The scripts of ``deploy``, which are in no package."""

import importlib.util
import sys
from types import ModuleType

from tests.unit.deploy.manifests import DEPLOY


def load(path: str) -> ModuleType:
    """A script as a module, by its path below ``deploy``."""
    name = f"deploy.{path.removesuffix('.py').replace('/', '.')}"
    spec = importlib.util.spec_from_file_location(name, DEPLOY / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where dataclasses look for their own module
    spec.loader.exec_module(module)
    return module
