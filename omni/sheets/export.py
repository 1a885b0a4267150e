"""Results, rejected rows and samples as files: csv and xlsx, every cell text, no cell a formula."""

from omni.sheets.csv_writing import write_csv, write_csv_columns
from omni.sheets.sample import sample_sheet
from omni.sheets.xlsx_writing import write_xlsx, write_xlsx_columns

__all__ = ["sample_sheet", "write_csv", "write_csv_columns", "write_xlsx", "write_xlsx_columns"]
