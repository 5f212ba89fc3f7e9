"""Workflows as text: the file format, reading it strictly, writing it so that git diffs and merges well."""

from weft.workflows.text.document import WorkflowFile, dump_workflow_file, foreign_format, load_workflow_file
from weft.workflows.text.reading import line_numbers, read_text

__all__ = ["WorkflowFile", "dump_workflow_file", "foreign_format", "line_numbers", "load_workflow_file", "read_text"]
