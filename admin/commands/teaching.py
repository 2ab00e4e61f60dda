"""Help that teaches: Chinese first, short English beside it, examples at the end.

Help texts are written to fit 80 columns and are printed as they stand, for
click counts a Chinese character as one column and would break lines late.
"""

from collections.abc import Callable
from inspect import cleandoc
from typing import Any

import click


class Command(click.Command):
    """A command whose help ends with examples."""

    def __init__(self, *args: Any, examples: str = "", **kwargs: Any) -> None:
        """Take click's arguments, and the *examples*."""
        super().__init__(*args, **kwargs)
        self.examples = cleandoc(examples)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how the command is typed."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write(f"用法 Usage:  {ctx.command_path} {pieces}\n")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        _write_lines(formatter, "", self.help or "")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        rows = [row for param in self.get_params(ctx) if (row := param.get_help_record(ctx))]
        with formatter.section("选项 Options"):
            formatter.write_dl(rows)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        if self.examples:
            _write_lines(formatter, "例 Examples:", self.examples, indent="  ")

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return --help, in both languages."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示本帮助 / Show this help"
        return option


class Group(Command, click.Group):
    """A group whose commands teach, too."""

    command_class = Command
    group_class = type  # groups in it are of its own class

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands, each with its first line."""
        rows = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                rows.append((name, (command.help or "").partition("\n")[0]))
        with formatter.section("命令 Commands"):
            formatter.write_dl(rows)


def _write_lines(
    formatter: click.HelpFormatter, heading: str, text: str, *, indent: str = ""
) -> None:
    lines = [f"{indent}{line}".rstrip() for line in cleandoc(text).splitlines()]
    formatter.write("\n" + "\n".join([heading, *lines] if heading else lines) + "\n")


JSON_OPTION = "--json"


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--json`; refusals are one JSON object then, too."""
    return click.option(
        JSON_OPTION, "as_json", is_flag=True, help="输出 JSON，供程序读取 / JSON for programs"
    )(command)
