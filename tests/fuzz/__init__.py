"""Coverage-guided fuzzing of opening, reading and interpreting a returned file: `python -m tests.fuzz`.

Needs the optional `fuzz` extra (atheris, Linux and macOS); the seeds, targets and the mutation of packages are tested
without it in `tests/test_fuzz.py`.
"""
