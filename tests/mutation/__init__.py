"""The mutation harness: what programs, people and transport do to a filled form, and whether reading keeps up."""
