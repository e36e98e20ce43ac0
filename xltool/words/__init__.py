"""Words as data: messages of the findings and of the command line, in Chinese and English."""
