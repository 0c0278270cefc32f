"""Finds, in the code of a module, what opens a file: by any name under which it may be called."""

import ast
from fnmatch import fnmatchcase

LIBRARIES = (
    "fiona.*", "osmium.*", "python_calamine.*", "xlrd.*", "pyxlsb.*", "pypdf.*", "osgeo.*",
    "rasterio.*", "lxml.*", "py7zr.*", "rarfile.*", "tarfile.*", "gzip.*", "bz2.*", "lzma.*",
    "pyogrio.read_*", "pyogrio.list_layers", "pyogrio.open_arrow", "pyogrio.raw.*",
    "pyogrio.core.*", "pyogrio.geopandas.*", "pyogrio.vsi*",
    "ezdxf.read*", "ezdxf.recover.*", "ezdxf.filemanagement.*", "ezdxf.addons.*",
    "openpyxl.load_workbook", "openpyxl.reader.*", "docx.Document",
    "pyarrow.parquet.*", "pyarrow.dataset.*", "pyarrow.csv.*", "pyarrow.json.*", "pyarrow.orc.*",
    "pyarrow.feather.*", "pyarrow.ipc.*", "pyarrow.fs.*", "pyarrow.memory_map", "pyarrow.OSFile",
    "pyarrow.input_stream", "geopandas.read_*", "pandas.read_*", "pandas.ExcelFile",
    "numpy.load", "numpy.loadtxt", "numpy.genfromtxt", "numpy.fromfile", "numpy.memmap",
    "zipfile.ZipFile", "zipfile.Path", "sqlite3.connect", "sqlite3.dbapi2.*", "mmap.mmap",
    "pikepdf.open", "pikepdf.Pdf.open", "pypdfium2.PdfDocument", "PIL.Image.open",
    "fontTools.ttLib.*", "xml.etree.*", "xml.dom.*", "xml.sax.parse*", "xml.parsers.*",
    "defusedxml.*", "shutil.unpack_archive", "pickle.*", "marshal.*",
    "shelve.*", "dbm.*", "ctypes.CDLL", "urllib.request.*", "http.client.*", "socket.*",
    "io.open", "io.FileIO", "io.open_code", "os.open", "os.fdopen", "codecs.open", "tokenize.open",
    "fileinput.*", "linecache.*", "builtins.open", "importlib.*", "runpy.*", "builtins.__import__",
    "builtins.exec", "builtins.eval", "subprocess.*", "os.system", "os.popen",
)
"""What opens, by its whole name; ``importlib`` and its like hide what is called."""
BUILTINS = {"open", "exec", "eval", "__import__"}
OF_PATHS = {"open", "read_bytes", "read_text"}
"""What a path, a zip or an unknown object opens by."""


def openings(source):
    """Give what a module refers to that opens files, by its whole name; ``.open`` of what is no
    module. A reference is enough: it may be called under any name afterwards.
    """
    tree = ast.parse(source)
    known = _imported(tree)
    while True:  # a name given to what has one: until nothing is new
        more = {
            target.id: name
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name) and node.value is not None
            and (name := _named(node.value, known)) and target.id not in known
        }
        if not more:
            break
        known |= more
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{each.name}" for each in node.names
                      if _opens(f"{node.module}.{each.name}") or each.name == "*"}
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names if _opens(f"{each.name}.anything")}
        elif name := _named(node, known):
            if _opens(name):
                found.add(name)
        elif isinstance(node, ast.Attribute) and node.attr in OF_PATHS:
            found.add(f".{node.attr}")
    return found


def _opens(name):
    if name.endswith(".*"):  # by a name that is worked out
        return any(each.startswith(name[:-1]) for each in LIBRARIES)
    return any(fnmatchcase(name, each) for each in LIBRARIES)


def _imported(tree):
    """Give the whole name of each name that is imported, wherever in the module."""
    known = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                top = each.name.partition(".")[0]
                known[each.asname or top] = each.name if each.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                known[each.asname or each.name] = f"{node.module}.{each.name}"
    return known


def _named(node, known):
    """Give the whole name of what stands somewhere; None of what is no name of a module."""
    if isinstance(node, ast.Name):
        return known.get(node.id) or (f"builtins.{node.id}" if node.id in BUILTINS else None)
    if isinstance(node, ast.Attribute):
        base = _named(node.value, known)
        return f"{base}.{node.attr}" if base else None
    if (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        and node.func.id == "getattr" and len(node.args) > 1
    ):
        base, attribute = _named(node.args[0], known), node.args[1]
        if base:
            constant = attribute.value if isinstance(attribute, ast.Constant) else "*"
            return f"{base}.{constant}"
    return None
