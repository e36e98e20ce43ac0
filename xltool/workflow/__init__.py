"""The verbs of xltool as functions: paths and a `Context` in, a result record out. They print nothing."""
