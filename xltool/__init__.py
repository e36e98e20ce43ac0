"""xltool: locked performance-target forms out, checked submissions in, one traceable consolidated form."""

__version__ = "0.1.0"
