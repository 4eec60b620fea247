# Opens a workbook as it was exported and as LibreOffice saved it again, and says where they differ, where a cell is a formula, or where anything but plain values stands.
import sys
import openpyxl


def cells(path):
    book = openpyxl.load_workbook(path)
    return {(sheet.title, cell.coordinate): (cell.value, cell.data_type, cell.number_format) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}


ours, theirs = cells(sys.argv[1]), cells(sys.argv[2])
faults = [f"{at}: {ours.get(at)} / {theirs.get(at)}" for at in sorted(ours.keys() | theirs.keys(), key=str) if (ours.get(at) or (None,))[0] != (theirs.get(at) or (None,))[0]]
faults += [f"{at}: formula" for at, (_, kind, _f) in {**ours, **theirs}.items() if kind == "f"]
faults += [f"{at}: error" for at, (_, kind, _f) in theirs.items() if kind == "e"]
faults += [f"{at}: an amount without two decimals" for at, (value, kind, form) in ours.items() if kind == "n" and isinstance(value, float) and "0.00" not in form]
print(len(ours))
print("\n".join(faults[:20]))
sys.exit(1 if faults else 0)
