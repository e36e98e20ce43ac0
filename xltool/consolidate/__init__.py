"""Consolidation: how the units' figures become the department's, exactly and with each figure's contributions."""

from xltool.consolidate.aggregate import Deliberation, consolidate, deliberate

__all__ = ["Deliberation", "consolidate", "deliberate"]
