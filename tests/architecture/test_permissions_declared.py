"""Every page of the console says who may see it.

The blueprints are registered on a bare application: this reads what the views
declare and needs neither settings nor keys.
"""

import ast
import importlib
import pkgutil
from types import ModuleType

from flask import Blueprint, Flask

from source import files, functions

ROUTING = {"route", "get", "post", "put", "patch", "delete"}


def modules_of(package: ModuleType) -> list[ModuleType]:
    """Import and return every module below a package."""
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [importlib.import_module(module.name) for module in found]


def console() -> Flask:
    """Return an application with all blueprints of the console and nothing else."""
    views = importlib.import_module("admin.views")
    app = Flask("console", static_folder=None)
    blueprints = {
        id(value): value
        for module in modules_of(views)
        for value in vars(module).values()
        if isinstance(value, Blueprint)
    }
    for blueprint in blueprints.values():
        app.register_blueprint(blueprint)
    assert app.view_functions, "the console has no views"
    return app


def test_every_endpoint_declares_a_permission_or_is_listed_as_public():
    public = importlib.import_module("admin.permissions").PUBLIC_ENDPOINTS
    views = console().view_functions
    undeclared = {name for name, view in views.items() if not getattr(view, "permission", None)}
    assert undeclared - set(public) == set()
    assert set(public) - {"static"} <= undeclared, "public, gone or with a permission after all"


def test_no_view_declares_two_permissions():
    twice = [
        str(function)
        for path in files("admin/views")
        for function in functions(path)
        if names_of_decorators(function.node).count("requires") > 1
    ]
    assert twice == []


def test_permission_is_asked_inside_the_route():
    """A decorator above @bp.route wraps what nobody calls."""
    outside = [
        str(function)
        for path in files("admin/views")
        for function in functions(path)
        if (names := names_of_decorators(function.node)).count("requires")
        and any(name in ROUTING for name in names[names.index("requires") :])
    ]
    assert outside == []


def names_of_decorators(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Return the last part of each decorator's name, from the top."""
    called = [d.func if isinstance(d, ast.Call) else d for d in function.decorator_list]
    return [c.attr if isinstance(c, ast.Attribute) else getattr(c, "id", "") for c in called]
