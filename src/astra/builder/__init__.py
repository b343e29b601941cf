"""BUILDER: blocks, skeleton and maps to the council's own DOCX."""
